using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Joins trained networks into one.</summary>
internal static class TrainedEnsemble
{
    /// <summary>Makes a transformer that scores by all of the members; their weights are copied.</summary>
    /// <exception cref="ArgumentException">There is none, or they do not go together.</exception>
    public static FuseTransformer Create(IHostEnvironment environment, IReadOnlyList<FuseTransformer> members, EnsembleVote vote)
    {
        if (members.Count == 0)
            throw new ArgumentException("An ensemble needs at least one model.", nameof(members));
        ModelDescription[] descriptions = [.. members.Select(member => member.Description)];
        foreach ((int index, ModelDescription description) in descriptions.Index())
            CheckFits(description, descriptions[0], index);
        OrderedDictionary<string, TensorColumn> columns = Columns(descriptions);
        // Only classes of which there is one are voted for.
        bool IsVoted(FittedOutput output) => vote == EnsembleVote.Majority && output.Task is OutputTask.MulticlassClassification or OutputTask.Segmentation;
        var ensemble = new ModelDescription
        {
            FuseVersion = LibraryVersion.Fuse,
            TorchSharpVersion = LibraryVersion.TorchSharp,
            Columns = columns,
            Model = new ModelEnsemble { Models = [.. descriptions.Select(description => Member(description, columns))] },
            Outputs = [.. descriptions[0].Outputs.Select((output, index) => output with
            {
                Key = $"model.output.{NameOf(index)}{(IsVoted(output) ? ModelEnsemble.Votes : ModelEnsemble.Average)}",
                Activation = Activation.None,
                ValueKind = IsVoted(output) ? ScoreKind.Probability : output.KnownKind,
            })],
            BatchSize = descriptions[0].BatchSize,
            Seed = descriptions[0].Seed,
            History = new([]),
            StopReason = StopReason.Completed,
        };
        return FuseTransformer.Create(ensemble, MLNetEnvironment.Device(environment, FuseDevice.Auto, nameof(FuseTransformer)), module =>
        {
            IReadOnlyDictionary<string, Tensor> state = module.ScoringState();
            foreach ((int index, FuseTransformer member) in members.Index())
                member.CopyWeightsTo(Part(state, FormattableString.Invariant($"models.{index}.model.")));
        });
    }

    private static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> state, string prefix) =>
        state.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value);

    private static ModelEnsembleMember Member(ModelDescription description, OrderedDictionary<string, TensorColumn> columns) => new()
    {
        Model = description.Model!,
        Inputs = [.. description.Columns.Where(column => column.Value != columns[column.Key])
            .Select(column => new EnsembleMemberInput(column.Key, column.Value.Mean, column.Value.StandardDeviation))],
        Outputs = [.. description.Outputs.Select((output, index) => new EnsembleMemberOutput(NameOf(index), output.Key, output.Activation, output.Shape))],
    };

    // A column's name may have dots, which a part of a batch key may not.
    private static string NameOf(int output) => FormattableString.Invariant($"column_{output}");

    /// <summary>Gets the columns of all members; those that each normalizes by numbers of its own are read as they are.</summary>
    private static OrderedDictionary<string, TensorColumn> Columns(ModelDescription[] descriptions)
    {
        var columns = new OrderedDictionary<string, TensorColumn>();
        foreach ((int index, ModelDescription description) in descriptions.Index())
            foreach ((string key, TensorColumn column) in description.Columns)
                if (!columns.TryAdd(key, column) && columns[key] != column)
                    columns[key] = Raw(columns[key]) == Raw(column) ? Raw(column)
                        : throw new ArgumentException($"Model {index} of the ensemble reads '{key}' from {Describe(column)}, an earlier one from {Describe(columns[key])}: train them on the same columns.");
        return columns;
    }

    private static TensorColumn Raw(TensorColumn column) => column with { Mean = null, StandardDeviation = null, Standardize = false };

    private static string Describe(TensorColumn column) => $"column '{column.ColumnName}'{(column.Shape.Count > 0 ? $" {column.Shape}" : "")}{(column.DType is { } type ? $" of {type}" : "")}";

    private static void CheckFits(ModelDescription description, ModelDescription first, int index)
    {
        if (description.Model is null || description.Module is not null)
            throw new ArgumentException($"Model {index} of the ensemble is a module of a class of its own, {description.Module?.TypeName}; an ensemble is made of models, which Options.Model or Train(network, ...) describe.");
        if (!description.Outputs.Select(Promise).SequenceEqual(first.Outputs.Select(Promise)))
            throw new ArgumentException($"Model {index} of the ensemble gives {Text(description)}, the first one {Text(first)}: they must give the same columns, of the same classes in the same order.");
    }

    // Probabilities and raw outputs have no mean together.
    private static FittedOutput Promise(FittedOutput output) => output with { Key = "", Activation = Activation.None, ValueKind = output.KnownKind };

    private static string Text(ModelDescription description) => string.Join(", ", description.Outputs.Select(output =>
        $"'{output.Name}' {output.Shape}{(output.KnownKind == ScoreKind.Probability ? " of probabilities" : "")}{(output.KeyValues is { } values ? $" of the classes {string.Join(", ", values.Values.Take(5))}" : "")}"));
}
