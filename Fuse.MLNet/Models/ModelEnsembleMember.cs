namespace Fuse.MLNet;

/// <summary>Describes a trained model as a member of an ensemble: what it was fitted to, and its output columns under keys that all members share.</summary>
internal sealed record ModelEnsembleMember : FuseModel
{
    public required FuseModel Model { get; init; }

    /// <summary>Gets the inputs that this member normalizes by numbers of its own.</summary>
    public required ValueList<EnsembleMemberInput> Inputs { get; init; }

    public required ValueList<EnsembleMemberOutput> Outputs { get; init; }

    public override nn.Module<BatchDict, BatchDict> Build() => new EnsembleMemberModule(this);

    internal override FuseModel Infer(DataShapes data) => this with { Model = Model.Infer(data) };

    internal override string? WhyNotSavable() => Model.WhyNotSavable();
}
