using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Lists every optimizer that TorchSharp can step beside TorchSharp's own, made directly.</summary>
internal static class OptimizerCases
{
    public static readonly Dictionary<string, (OptimizerSpec Ours, Func<Parameter[], optim.Optimizer> Theirs)> All = new()
    {
        ["adadelta"] = (Optimizers.Adadelta(), ps => optim.Adadelta(ps)),
        ["adadelta, decayed"] = (Optimizers.Adadelta(0.5, 0.8, 1e-5, 0.1), ps => optim.Adadelta(ps, 0.5, 0.8, 1e-5, 0.1)),
        ["adagrad"] = (Optimizers.Adagrad(), ps => optim.Adagrad(ps)),
        ["adagrad, decayed"] = (Optimizers.Adagrad(0.1, 0.02, 0.1, 1e-8, 0.3), ps => optim.Adagrad(ps, 0.1, 0.02, 0.1, 0.3, 1e-8)),
        ["adam"] = (Optimizers.Adam(), ps => optim.Adam(ps)),
        ["adam, decayed"] = (Optimizers.Adam(0.01, 0.8, 0.95, 1e-6, 0.1), ps => optim.Adam(ps, 0.01, 0.8, 0.95, 1e-6, 0.1)),
        ["adam, amsgrad"] = (Optimizers.Adam(0.01, amsgrad: true), ps => optim.Adam(ps, 0.01, amsgrad: true)),
        ["adamw"] = (Optimizers.AdamW(weightDecay: 0), ps => optim.AdamW(ps)),
        ["adamw, decayed"] = (Optimizers.AdamW(0.01, 0.8, 0.95, 1e-6, 0.1), ps => optim.AdamW(ps, 0.01, 0.8, 0.95, 1e-6, 0.1)),
        ["adamw, amsgrad"] = (Optimizers.AdamW(0.01, amsgrad: true), ps => optim.AdamW(ps, 0.01, weight_decay: 0.01, amsgrad: true)),
        ["adamax"] = (Optimizers.Adamax(), ps => optim.Adamax(ps)),
        ["adamax, decayed"] = (Optimizers.Adamax(0.01, 0.8, 0.95, 1e-6, 0.1), ps => optim.Adamax(ps, 0.01, 0.8, 0.95, 1e-6, 0.1)),
        ["asgd"] = (Optimizers.ASGD(), ps => optim.ASGD(ps)),
        ["asgd, averaging"] = (Optimizers.ASGD(0.1, 0.01, 0.5, 10, 0.1), ps => optim.ASGD(ps, 0.1, 0.01, 0.5, 10, 0.1)),
        ["nadam"] = (Optimizers.NAdam(), ps => optim.NAdam(ps)),
        ["nadam, decayed"] = (Optimizers.NAdam(0.01, 0.8, 0.95, 1e-6, 0.1, 0.01), ps => optim.NAdam(ps, 0.01, 0.8, 0.95, 1e-6, 0.1, 0.01)),
        ["radam"] = (Optimizers.RAdam(), ps => optim.RAdam(ps)),
        ["radam, decayed"] = (Optimizers.RAdam(0.01, 0.8, 0.95, 1e-6, 0.1), ps => optim.RAdam(ps, 0.01, 0.8, 0.95, 1e-6, 0.1)),
        ["rmsprop"] = (Optimizers.RMSProp(), ps => optim.RMSProp(ps)),
        ["rmsprop, decayed"] = (Optimizers.RMSProp(0.001, 0.9, 1e-6, 0.1), ps => optim.RMSProp(ps, 0.001, 0.9, 1e-6, 0.1)),
        ["rmsprop, centered"] = (Optimizers.RMSProp(0.001, 0.9, 1e-6, 0.1, 0.5, true), ps => optim.RMSProp(ps, 0.001, 0.9, 1e-6, 0.1, 0.5, true)),
        ["rmsprop, momentum"] = (Optimizers.RMSProp(0.001, momentum: 0.9), ps => optim.RMSProp(ps, 0.001, momentum: 0.9)),
        ["sgd"] = (Optimizers.SGD(0.01), ps => optim.SGD(ps, 0.01)),
        ["sgd, decayed"] = (Optimizers.SGD(0.01, weightDecay: 0.1), ps => optim.SGD(ps, 0.01, weight_decay: 0.1)),
        ["sgd, momentum"] = (Optimizers.SGD(0.01, momentum: 0.9), ps => optim.SGD(ps, 0.01, 0.9)),
        ["sgd, dampened"] = (Optimizers.SGD(0.01, 0.9, 0.3, 0.1), ps => optim.SGD(ps, 0.01, 0.9, 0.3, 0.1)),
        ["sgd, nesterov"] = (Optimizers.SGD(0.01, 0.9, weightDecay: 0.1, nesterov: true), ps => optim.SGD(ps, 0.01, 0.9, 0, 0.1, true)),
    };

    /// <summary>Gets the names of the cases that a fused kernel steps by TorchSharp's formula.</summary>
    public static IEnumerable<string> Fused => All.Keys.Where(name => name.Split(',')[0] is "adam" or "adamw" or "sgd" or "adagrad" or "rmsprop");

    public static Parameter[] ValuesOf(KeyValuePair<string, Parameter>[] parameters) => [.. parameters.Select(parameter => parameter.Value)];
}
