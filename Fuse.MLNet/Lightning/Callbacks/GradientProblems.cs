namespace Fuse.MLNet;

/// <summary>Finds parameters that the loss does not reach.</summary>
internal static class GradientProblems
{
    private const int Listed = 5;

    public static IEnumerable<SanityProblem> Of(LightningModule module)
    {
        // By hand, gradients may be gone already; a loss that still waits reaches its parameters later.
        if (!module.AutomaticOptimization || (module is LightningModuleDefault supervised && supervised.TrainingLosses.Any(loss => loss.Value is LossWarmUp)))
            yield break;
        (string Name, bool HasGradient)[] parameters = [.. module.named_parameters()
            .Where(pair => pair.parameter.requires_grad && !LightningModuleDefault.IsOfValidation(pair.name))
            .Select(pair => (module.UserName(pair.name), pair.parameter.grad is not null))];
        string[] without = [.. parameters.Where(parameter => !parameter.HasGradient).Select(parameter => parameter.Name)];
        // Without any gradient there was no backward, as for a batch that was left out.
        if (without.Length > 0 && without.Length < parameters.Length)
            yield return new("gradients", $"{(without.Length == 1 ? "a parameter" : $"{without.Length} parameters")} got no gradient from the first batch: " +
                $"{string.Join(", ", without.Take(Listed).Select(name => $"'{name}'"))}{(without.Length > Listed ? ", ..." : "")}. Use them in the forward pass, give their output a loss, " +
                $"or name them in {nameof(TrainerOptions.Freeze)}.");
    }
}
