namespace Fuse.MLNet;

/// <summary>Draws first weights as the originals do, from the global random state.</summary>
internal static class WeightInitialization
{
    /// <summary>Draws all convolutions from He's normal distribution over their outputs, as torchvision's ResNets do, and sets biases to 0.</summary>
    public static void KaimingFanOut(nn.Module module) => Convolutions(module,
        weight => nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU));

    /// <summary>Draws all convolutions from He's uniform distribution over their inputs, and sets biases to 0.</summary>
    public static void KaimingFanInUniform(nn.Module module) => Convolutions(module,
        weight => nn.init.kaiming_uniform_(weight, mode: nn.init.FanInOut.FanIn, nonlinearity: nn.init.NonlinearityType.ReLU));

    /// <summary>Draws all matrices and vectors of positions and class tokens from a normal distribution of deviation 0.02, and sets biases of linear maps to 0.</summary>
    public static void TruncatedNormal(nn.Module module)
    {
        using var noGrad = no_grad();
        Parameter[] linear = [.. module.modules().OfType<TorchSharp.Modules.Linear>().SelectMany(layer => layer.parameters())];
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            if (parameter.dim() == 2 || name.EndsWith("class_token", StringComparison.Ordinal))
                nn.init.trunc_normal_(parameter, std: 0.02);
            else if (name.EndsWith("bias", StringComparison.Ordinal) && linear.Any(other => other.Handle == parameter.Handle))
                nn.init.zeros_(parameter);
        }
    }

    private static void Convolutions(nn.Module module, Action<Parameter> draw)
    {
        using var noGrad = no_grad();
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            if (parameter.dim() > 2)
                draw(parameter);
            else if (name.EndsWith("bias", StringComparison.Ordinal))
                nn.init.zeros_(parameter);
        }
    }
}
