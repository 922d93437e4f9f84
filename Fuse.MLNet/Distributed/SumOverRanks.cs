using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Adds a tensor up over the processes; what comes back through it is the sum of their gradients.</summary>
internal sealed class SumOverRanks : autograd.SingleTensorFunction<SumOverRanks>
{
    private const string Ranks = "ranks";

    public override string Name => nameof(SumOverRanks);

    /// <summary>Adds a Float64 tensor of one dimension up.</summary>
    public static Tensor Of(Tensor values, RankAgreement ranks) => apply(values, ranks);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var ranks = (RankAgreement)vars[1];
        ctx.save_data(Ranks, ranks);
        return Sum((Tensor)vars[0], ranks);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception cannot pass through libtorch, and is thrown when backward has ended.")]
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var ranks = (RankAgreement)ctx.get_data(Ranks);
        try
        {
            return [Sum(grad_output, ranks), null!];
        }
        catch (Exception error)
        {
            ranks.Postpone(error);
            return [zeros_like(grad_output), null!];
        }
    }

    private static Tensor Sum(Tensor values, RankAgreement ranks)
    {
        using Tensor host = values.detach().cpu();
        Tensor sum = host.clone().contiguous();
        if (ranks.IsAlone)
            return sum.to(values.device);
        ranks.Meet(RankOperation.BatchNorm, (int)sum.numel());
        ranks.Group.AllReduceSum(MemoryMarshal.Cast<byte, double>(sum.bytes));
        return sum.to(values.device);
    }
}
