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
        bool isLogged = false;
        foreach ((string name, double value) in context.StepValues)
        {
            if (name.IndexOf(".losses.", StringComparison.Ordinal) is not (> 0 and var at))
                continue;
            isLogged = true;
            if (!double.IsFinite(value))
                context.Diverge(string.Create(CultureInfo.InvariantCulture, $"The loss '{name[(at + ".losses.".Length)..]}' was {value}"));
        }
        // Reading a number waits for the device: the ready-made module has read its losses to log them.
        if (isLogged && context.Module.GetType() == typeof(LightningModuleDefault))
            return;
        if (loss.numel() == 1 && loss.Number() is var number && !double.IsFinite(number))
            context.Diverge(string.Create(CultureInfo.InvariantCulture, $"The loss was {number}"));
    }
}
