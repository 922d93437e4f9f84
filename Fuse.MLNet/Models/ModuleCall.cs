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
        (TorchScriptModule m, _) => m.call,
        _ => throw new ArgumentException(
            $"The network {module.GetType().Name} cannot be called with {inputs} input tensor(s). Derive it from nn.Module<Tensor, Tensor>, with one " +
            "more Tensor for each further input (up to 4), giving a Tensor, a tuple of 2 or 3 tensors, or Tensor[]."),
    };

    /// <summary>Puts the keys of named inputs in the order of the parameters of the module's <c>forward</c>.</summary>
    /// <exception cref="ArgumentException">The names are not those of its parameters.</exception>
    public static string[] OrderKeys(nn.Module module, IReadOnlyList<KeyValuePair<string, string>> named)
    {
        if (module is TorchScriptModule)
            throw new ArgumentException($"A TorchScript network's arguments have no names here: give their keys in order, as {nameof(ModelWrapSeqToDict.Inputs)}.");
        string[][] forwards =
        [
            .. module.GetType().GetMethods().Where(method => method.Name == "forward" && method.GetParameters().All(parameter => parameter.ParameterType == typeof(Tensor)))
                .Select(method => method.GetParameters().Select(parameter => parameter.Name!).ToArray()),
        ];
        string[] names = [.. named.Select(input => input.Key)];
        if (forwards.FirstOrDefault(forward => forward.Length == names.Length && !forward.Except(names, StringComparer.Ordinal).Any()) is { } matching)
            return [.. matching.Select(name => named.First(input => input.Key == name).Value)];
        string wrong = names.FirstOrDefault(name => !forwards.Any(forward => forward.Contains(name))) is { } unknown && forwards.Length > 0
            ? $" {ClosestName.Hint(unknown, forwards.SelectMany(forward => forward))}" : "";
        throw new ArgumentException($"The network {module.GetType().Name} takes ({string.Join(") or (", forwards.Select(forward => string.Join(", ", forward)))}), " +
            $"but inputs are named ({string.Join(", ", names)}).{wrong}");
    }

    private static Tensor[] List((Tensor A, Tensor B) pair) => [pair.A, pair.B];

    private static Tensor[] List((Tensor A, Tensor B, Tensor C) triple) => [triple.A, triple.B, triple.C];
}
