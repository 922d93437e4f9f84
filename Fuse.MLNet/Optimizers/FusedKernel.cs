using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Describes an optimizer's step over many tensors in one call: libtorch's fused kernels, and its foreach operations where there is none.</summary>
/// <param name="Function">The function of the script.</param>
/// <param name="Slots">The names of the state that each parameter has, at most three, empty for one that is not used; PyTorch's names.</param>
/// <param name="WeightDecay">The weight decay of groups that have none of their own.</param>
/// <param name="Numbers">The numbers behind the learning rate and the weight decay.</param>
internal sealed record FusedKernel(string Function, string[] Slots, double WeightDecay, double[] Numbers)
{
    /// <summary>The number of slots that a kernel takes, used or not.</summary>
    public const int SlotCount = 3;

    private static readonly TorchScript Script = new("""
        def adam(ps: List[Tensor], gs: List[Tensor], counts: List[Tensor], steps: List[Tensor], a: List[Tensor], b: List[Tensor], c: List[Tensor], first: bool, numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_add_(counts, 1.0)
            torch._fused_adam_(ps, gs, a, b, c, steps, lr=n[0], beta1=n[2], beta2=n[3], weight_decay=n[1], eps=n[4], amsgrad=len(c) > 0, maximize=False)

        def adamw(ps: List[Tensor], gs: List[Tensor], counts: List[Tensor], steps: List[Tensor], a: List[Tensor], b: List[Tensor], c: List[Tensor], first: bool, numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_add_(counts, 1.0)
            torch._fused_adamw_(ps, gs, a, b, c, steps, lr=n[0], beta1=n[2], beta2=n[3], weight_decay=n[1], eps=n[4], amsgrad=len(c) > 0, maximize=False)

        def sgd(ps: List[Tensor], gs: List[Tensor], counts: List[Tensor], steps: List[Tensor], a: List[Tensor], b: List[Tensor], c: List[Tensor], first: bool, numbers: Tensor):
            n: List[float] = numbers.tolist()
            if len(counts) > 0:
                torch._foreach_add_(counts, 1.0)
            torch._fused_sgd_(ps, gs, a, weight_decay=n[1], momentum=n[2], lr=n[0], dampening=n[3], nesterov=n[4] != 0.0, maximize=False, is_first_step=first)

        def adagrad(ps: List[Tensor], gs: List[Tensor], counts: List[Tensor], steps: List[Tensor], a: List[Tensor], b: List[Tensor], c: List[Tensor], first: bool, numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_add_(counts, 1.0)
            torch._fused_adagrad_(ps, gs, a, steps, lr=n[0], lr_decay=n[2], weight_decay=n[1], eps=n[3], maximize=False)

        def rmsprop(ps: List[Tensor], gs: List[Tensor], counts: List[Tensor], steps: List[Tensor], a: List[Tensor], b: List[Tensor], c: List[Tensor], first: bool, numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_add_(counts, 1.0)
            if n[1] != 0.0:
                gs = torch._foreach_add(gs, ps, alpha=n[1])
            if len(b) == 0 and len(c) == 0:
                # Adam without a memory of the gradient, so many steps on that nothing is left to correct.
                late = torch.full_like(steps[0], 1e30)
                torch._fused_adam_(ps, gs, gs, a, [], [late for p in ps], lr=n[0], beta1=0.0, beta2=n[2], weight_decay=0.0, eps=n[3], amsgrad=False, maximize=False)
                return
            torch._foreach_mul_(a, n[2])
            torch._foreach_addcmul_(a, gs, gs, 1.0 - n[2])
            if len(c) > 0:
                torch._foreach_mul_(c, n[2])
                torch._foreach_add_(c, gs, alpha=1.0 - n[2])
                denominators = torch._foreach_addcmul(a, c, c, -1.0)
                torch._foreach_sqrt_(denominators)
            else:
                denominators = torch._foreach_sqrt(a)
            torch._foreach_add_(denominators, n[3])
            if len(b) > 0:
                torch._foreach_mul_(b, n[4])
                torch._foreach_addcdiv_(b, gs, denominators, 1.0)
                torch._foreach_add_(ps, b, alpha=-n[0])
            else:
                torch._foreach_addcdiv_(ps, gs, denominators, -n[0])

        def radam(ps: List[Tensor], gs: List[Tensor], counts: List[Tensor], steps: List[Tensor], a: List[Tensor], b: List[Tensor], c: List[Tensor], first: bool, numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_add_(counts, 1.0)
            if n[1] != 0.0:
                gs = torch._foreach_add(gs, ps, alpha=n[1])
            torch._foreach_mul_(a, n[2])
            torch._foreach_add_(a, gs, alpha=1.0 - n[2])
            torch._foreach_mul_(b, n[3])
            torch._foreach_addcmul_(b, gs, gs, 1.0 - n[3])
            limit = 2.0 / (1.0 - n[3]) - 1.0
            # All at once: a GPU is waited for each time.
            taken: List[float] = torch.stack(steps).tolist()
            for i in range(len(ps)):
                t = taken[i]
                decayed = n[3] ** t
                rate = n[0] / (1.0 - n[2] ** t)
                length = limit - 2.0 * t * decayed / (1.0 - decayed)
                if length > 5.0:
                    rectified = ((length - 4.0) * (length - 2.0) * limit / ((limit - 4.0) * (limit - 2.0) * length) * (1.0 - decayed)) ** 0.5
                    ps[i].addcdiv_(a[i], b[i].sqrt().add_(n[4]), value=-rate * rectified)
                else:
                    ps[i].add_(a[i], alpha=-rate)

        def rprop(ps: List[Tensor], gs: List[Tensor], counts: List[Tensor], steps: List[Tensor], a: List[Tensor], b: List[Tensor], c: List[Tensor], first: bool, numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_add_(counts, 1.0)
            for i in range(len(ps)):
                turn = gs[i] * a[i]
                b[i].mul_(torch.ones_like(turn).masked_fill_(turn > 0.0, n[3]).masked_fill_(turn < 0.0, n[2])).clamp_(n[4], n[5])
                a[i].copy_(gs[i].masked_fill(turn < 0.0, 0.0))
                ps[i].addcmul_(a[i].sign(), b[i], value=-1.0)

        """);

    private static readonly ConcurrentDictionary<(string Function, DeviceType Device, ScalarType DType), bool> Known = new();

    /// <summary>Gets the value that Adagrad's sums start with. Default: 0.</summary>
    public double InitialSum { get; init; }

    /// <summary>Tells whether a slot is used.</summary>
    public bool HasSlot(int slot) => slot < Slots.Length && Slots[slot].Length > 0;

    /// <summary>Gets whether the kernel must be told which parameters have their first step.</summary>
    public bool AsksFirst => Function == "sgd" && Slots.Length > 0;

    /// <summary>Gets the value that a slot starts with.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="learningRate">The group's learning rate.</param>
    public double Initial(int slot, double learningRate) => Slots[slot] switch
    {
        "sum" => InitialSum,
        "step_size" => learningRate,
        _ => 0,
    };

    /// <summary>Takes a step; in place, without a gradient of its own.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="counts">What to add 1 to for the steps to be counted; none when the kernel keeps no state.</param>
    /// <param name="steps">The parameters' numbers of steps, which <paramref name="counts"/> hold.</param>
    /// <param name="slots">The state, slot by slot; empty for a slot that is not used.</param>
    /// <param name="first">Whether it is the parameters' first step.</param>
    /// <param name="numbers">The learning rate, the weight decay, and <see cref="Numbers"/>.</param>
    public void Step(Tensor[] parameters, Tensor[] gradients, Tensor[] counts, Tensor[] steps, Tensor[][] slots, bool first, Tensor numbers) =>
        Script.Run(Function, parameters, gradients, counts, steps, slots[0], slots[1], slots[2], first, numbers);

    /// <summary>Tells whether the kernel is there for tensors of a type on a device, by running it once.</summary>
    public bool Runs(Device device, ScalarType type) => type is ScalarType.Float32 or ScalarType.Float64
        && Known.GetOrAdd((Function, device.type, type), _ => TryOn(device, type));

    private bool TryOn(Device device, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor[] One(ScalarType of) => [zeros(1, of, device)];
        try
        {
            Tensor[] counts = One(ScalarType.Float32);
            Step(One(type), One(type), counts, [counts[0][0]], [.. Enumerable.Range(0, SlotCount).Select(slot => HasSlot(slot) ? One(type) : [])], first: false, TorchScript.Numbers([0, 0, .. Numbers]));
            return true;
        }
        catch (ExternalException)
        {
            // A device without the kernel.
            return false;
        }
    }
}
