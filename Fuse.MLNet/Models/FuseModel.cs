using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a model over the whole batch: it reads the keys it needs and adds the keys it makes.</summary>
/// <remarks>
/// A description is immutable, compares by value, is saved as JSON in the model file, and builds a fresh module each time.
/// Keys: <c>data.*</c> in, <c>model.logits.&lt;head&gt;</c>, <c>model.output.&lt;head&gt;</c> and <c>model.backbone_features</c> out.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ModelEnsemble), "model.ensemble")]
[JsonDerivedType(typeof(ModelEnsembleMember), "model.ensemble_member")]
[JsonDerivedType(typeof(ModelFeatureFusion), "model.feature_fusion")]
[JsonDerivedType(typeof(ModelMultiHead), "model.multi_head")]
[JsonDerivedType(typeof(ModelMultistream), "model.multistream")]
[JsonDerivedType(typeof(ModelSiamese), "model.siamese")]
[JsonDerivedType(typeof(ModelTabular), "model.tabular")]
[JsonDerivedType(typeof(ModelWrapSeqToDict), "model.wrap_seq_to_dict")]
public abstract record FuseModel
{
    private protected FuseModel()
    {
    }

    /// <summary>Builds a new module with newly initialized weights, drawn from the global random state.</summary>
    public abstract nn.Module<BatchDict, BatchDict> Build();

    /// <summary>Fills in sizes that follow from the data; by default there are none.</summary>
    internal virtual FuseModel Infer(DataShapes data) => this;

    /// <summary>Names why the description cannot be saved, or null when it can.</summary>
    internal virtual string? WhyNotSavable() => null;
}
