using System.Reflection;

namespace Fuse.MLNet;

/// <summary>Calls a loss module with the values of batch keys, by the names of its arguments.</summary>
internal sealed class KeyedLossModule : nn.Module
{
    [TorchSharp.Utils.ComponentName(Name = "module")]
    private readonly nn.Module _module;
    private readonly string[] _keys;

    /// <summary>Wraps a module of one to three tensors that gives a tensor.</summary>
    /// <exception cref="ArgumentException">The names are not those of the module's forward, or it takes something else than tensors.</exception>
    public KeyedLossModule(nn.Module module, IReadOnlyList<KeyValuePair<string, string>> arguments)
        : base(nameof(KeyedLossModule))
    {
        _module = module;
        _keys = OrderKeys(module, arguments);
        RegisterComponents();
    }

    /// <summary>Computes the loss.</summary>
    public Tensor Forward(BatchDict batch) => _module switch
    {
        nn.Module<Tensor, Tensor> one => one.call(batch[_keys[0]]),
        nn.Module<Tensor, Tensor, Tensor> two => two.call(batch[_keys[0]], batch[_keys[1]]),
        nn.Module<Tensor, Tensor, Tensor, Tensor> three => three.call(batch[_keys[0]], batch[_keys[1]], batch[_keys[2]]),
        _ => throw new InvalidOperationException($"The loss module {_module.GetType().Name} takes something else than one to three tensors."),
    };

    private static string[] OrderKeys(nn.Module module, IReadOnlyList<KeyValuePair<string, string>> arguments)
    {
        if (module is not (nn.Module<Tensor, Tensor> or nn.Module<Tensor, Tensor, Tensor> or nn.Module<Tensor, Tensor, Tensor, Tensor>))
            throw new ArgumentException($"The loss module {module.GetType().Name} must take one, two or three tensors and give a tensor.", nameof(module));
        MethodInfo forward = module.GetType().GetMethods()
            .First(method => method.Name == "forward" && method.ReturnType == typeof(Tensor) && method.GetParameters().All(parameter => parameter.ParameterType == typeof(Tensor)));
        string[] names = [.. forward.GetParameters().Select(parameter => parameter.Name!)];
        if (names.Length != arguments.Count || names.Except(arguments.Select(argument => argument.Key)).Any())
            throw new ArgumentException($"The loss module {module.GetType().Name} takes the arguments ({Text(names)}), but batch keys are given for " +
                $"({Text(arguments.Select(argument => argument.Key))}).", nameof(arguments));
        return [.. names.Select(name => arguments.First(argument => argument.Key == name).Value)];
    }

    private static string Text(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
