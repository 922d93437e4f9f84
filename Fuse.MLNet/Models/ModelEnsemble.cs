namespace Fuse.MLNet;

/// <summary>Describes several models over the same batch and what they say together.</summary>
/// <remarks>
/// FuseMedML's <c>ModelEnsemble</c>, of descriptions instead of folders. For each head that all members have: the members' own values,
/// <c>model.logits.ensemble_output_&lt;i&gt;.&lt;head&gt;</c> and <c>model.output.ensemble_output_&lt;i&gt;.&lt;head&gt;</c>; their mean,
/// <c>model.output.&lt;head&gt;_ensemble_average</c>; and, when the output is <c>[N, K, ...]</c> of at least two classes, each class's part of the votes,
/// <c>model.output.&lt;head&gt;_ensemble_votes</c>, where a member votes for the class it finds the largest, by row and place, and softmax of the mean is one vote more, to
/// decide between equal ones; and the class of most votes, <c>model.output.&lt;head&gt;_ensemble_majority_vote</c>, Int64 <c>[N, ...]</c>. Give each
/// member's values losses of their own to train the members side by side. Parameters are named <c>models.0.*</c>, <c>models.1.*</c> and so on.
/// </remarks>
public sealed record ModelEnsemble : FuseModel
{
    /// <summary>How the key of a head's mean ends.</summary>
    internal const string Average = "_ensemble_average";

    /// <summary>How the key of a head's votes ends.</summary>
    internal const string Votes = "_ensemble_votes";

    /// <summary>Gets the members, at least one; each makes values under <c>model.output.&lt;head&gt;</c>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public required ValueList<FuseModel> Models
    {
        get;
        init => field = value is { Count: > 0 } ? value : throw new ArgumentException($"{nameof(ModelEnsemble)} needs at least one model.", nameof(Models));
    }

    /// <inheritdoc/>
    public override nn.Module<BatchDict, BatchDict> Build() => new EnsembleModule(this);

    internal override FuseModel Infer(DataShapes data) => this with { Models = Models.Select(model => model.Infer(data)).ToArray() };

    internal override string? WhyNotSavable() => Models.Select(model => model.WhyNotSavable()).FirstOrDefault(reason => reason is not null);
}
