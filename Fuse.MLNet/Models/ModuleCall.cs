namespace Fuse.MLNet;

/// <summary>Finds how a module of any number of tensors in and out is called.</summary>
internal static class ModuleCall
{
    /// <summary>Makes a function from input tensors to output tensors.</summary>
    /// <exception cref="ArgumentException">The module does not take that many tensors, or gives something else than tensors.</exception>
    public static Func<Tensor[], Tensor[]> Of(nn.Module module, int inputs) => (module, inputs) switch
    {
        (nn.Module<Tensor, Tensor> m, 1) => x => [m.call(x[0])],
        (nn.Module<Tensor, (Tensor, Tensor)> m, 1) => x => List(m.call(x[0])),
        (nn.Module<Tensor, (Tensor, Tensor, Tensor)> m, 1) => x => List(m.call(x[0])),
        (nn.Module<Tensor, Tensor[]> m, 1) => x => m.call(x[0]),
        (nn.Module<Tensor, Tensor, Tensor> m, 2) => x => [m.call(x[0], x[1])],
        (nn.Module<Tensor, Tensor, (Tensor, Tensor)> m, 2) => x => List(m.call(x[0], x[1])),
        (nn.Module<Tensor, Tensor, (Tensor, Tensor, Tensor)> m, 2) => x => List(m.call(x[0], x[1])),
        (nn.Module<Tensor, Tensor, Tensor[]> m, 2) => x => m.call(x[0], x[1]),
        (nn.Module<Tensor, Tensor, Tensor, Tensor> m, 3) => x => [m.call(x[0], x[1], x[2])],
        (nn.Module<Tensor, Tensor, Tensor, (Tensor, Tensor)> m, 3) => x => List(m.call(x[0], x[1], x[2])),
        (nn.Module<Tensor, Tensor, Tensor, Tensor[]> m, 3) => x => m.call(x[0], x[1], x[2]),
        (nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor> m, 4) => x => [m.call(x[0], x[1], x[2], x[3])],
        (nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor[]> m, 4) => x => m.call(x[0], x[1], x[2], x[3]),
        _ => throw new ArgumentException(
            $"The network {module.GetType().Name} cannot be called with {inputs} input tensor(s). Derive it from nn.Module<Tensor, Tensor>, with one " +
            "more Tensor for each further input (up to 4), giving a Tensor, a tuple of 2 or 3 tensors, or Tensor[]."),
    };

    private static Tensor[] List((Tensor A, Tensor B) pair) => [pair.A, pair.B];

    private static Tensor[] List((Tensor A, Tensor B, Tensor C) triple) => [triple.A, triple.B, triple.C];
}
