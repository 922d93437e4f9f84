namespace Fuse.MLNet;

/// <summary>Describes the module that a trainer trains: the ready-made one, one derived from it, or one of the user's own.</summary>
/// <param name="Arguments">The model, losses and metrics of the ready-made module and those derived from it; null for others.</param>
/// <param name="Spec">The user's class, or null for the ready-made module.</param>
internal sealed record ModulePlan(LightningModuleDefaultArguments? Arguments, LightningModuleSpec? Spec)
{
    /// <summary>Gets the model, or null when the user's class has none.</summary>
    public FuseModel? Model => Arguments?.Model;

    /// <summary>Builds the module with newly initialized weights, drawn from the global random state.</summary>
    public LightningModule Build() => ModuleBuilder.Own(Spec?.Build(Arguments) ?? new LightningModuleDefault(Arguments!));

    /// <summary>Fills in sizes that follow from the data.</summary>
    public ModulePlan Infer(DataShapes data) => Arguments is null ? this : this with { Arguments = Arguments with { Model = Arguments.Model.Infer(data) } };
}
