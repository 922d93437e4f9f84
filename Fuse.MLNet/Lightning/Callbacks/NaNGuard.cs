using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Ends a run before a loss that is not finite reaches the weights; what happens then, <see cref="TrainerOptions.OnDivergence"/> says.</summary>
/// <remarks>There by itself. fastai's <c>TerminateOnNaNCallback</c>, FluxTraining's <c>StopOnNaNLoss</c>.</remarks>
public sealed class NaNGuard : Callback
{
    /// <inheritdoc/>
    public override void OnBeforeBackward(TrainingContext context, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(loss);
        foreach ((string name, double value) in context.StepValues)
            if (!double.IsFinite(value) && name.IndexOf(".losses.", StringComparison.Ordinal) is > 0 and var at)
                context.Diverge(string.Create(CultureInfo.InvariantCulture, $"The loss '{name[(at + ".losses.".Length)..]}' was {value}"));
        if (loss.numel() == 1 && loss.Number() is var number && !double.IsFinite(number))
            context.Diverge(string.Create(CultureInfo.InvariantCulture, $"The loss was {number}"));
    }
}
