namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelEnsemble"/>.</summary>
internal sealed class EnsembleModule : nn.Module<BatchDict, BatchDict>
{
    private const string Outputs = "model.output";
    private const string Logits = "model.logits";
    [TorchSharp.Utils.ComponentName(Name = "models")]
    private readonly NamedModules _models = new();
    private readonly nn.Module<BatchDict, BatchDict>[] _members;

    public EnsembleModule(ModelEnsemble description)
        : base(nameof(ModelEnsemble))
    {
        _members = [.. description.Models.Select((model, index) => _models.Add(FormattableString.Invariant($"{index}"), model.Build()))];
        RegisterComponents();
    }

    public override BatchDict forward(BatchDict input)
    {
        // No member sees what another made.
        BatchDict[] results = [.. _members.Select(_ => input.Copy())];
        for (int i = 0; i < results.Length; i++)
            results[i] = _members[i].call(results[i]);
        BatchDict[] outputs = [.. results.Select(result => Branch(result, Outputs))];
        for (int i = 0; i < results.Length; i++)
        {
            Store(input, $"{Outputs}.ensemble_output_{i}", outputs[i]);
            Store(input, $"{Logits}.ensemble_output_{i}", Branch(results[i], Logits));
        }
        string[] heads = [.. outputs[0].Keys.Where(key => outputs.All(output => output.TryGet<Tensor>(key, out _)))];
        if (heads.Length == 0)
            throw new InvalidOperationException($"the members of the ensemble make no value of one name under '{Outputs}'; the first makes {(outputs[0].Count == 0 ? "none" : string.Join(", ", outputs[0].Keys))}");
        foreach (string head in heads)
            Combine(input, head, [.. outputs.Select(output => output[head])]);
        return input;
    }

    private static void Combine(BatchDict batch, string head, Tensor[] outputs)
    {
        if (outputs.Any(output => !output.shape.AsSpan().SequenceEqual(outputs[0].shape)))
            throw new InvalidOperationException($"the members of the ensemble give '{Outputs}.{head}' in unlike shapes: {string.Join(", ", outputs.Select(BatchFeatures.Shape))}");
        Tensor average = stack(outputs).mean([0]);
        batch[$"{Outputs}.{head}{ModelEnsemble.Average}"] = average;
        if (average.dim() < 2 || average.shape[1] < 2)
            return;
        Tensor votes = Votes(outputs, average.detach());
        batch[$"{Outputs}.{head}{ModelEnsemble.Votes}"] = votes;
        batch[$"{Outputs}.{head}_ensemble_majority_vote"] = votes.argmax(1);
    }

    // The mean, made a distribution, is one vote more: it decides between equal ones, and never against more.
    private static Tensor Votes(Tensor[] outputs, Tensor average)
    {
        Tensor votes = average.softmax(1);
        foreach (Tensor output in outputs)
            votes = votes.scatter_add(1, output.argmax(1, keepdim: true), ones_like(average));
        return votes.div_(outputs.Length + 1);
    }

    private static BatchDict Branch(BatchDict batch, string prefix)
    {
        BatchDict branch = batch.ContainsKey(prefix) ? batch.GetBranch(prefix) : new BatchDict();
        branch.ReadKeys = null;
        return branch;
    }

    private static void Store(BatchDict batch, string prefix, BatchDict branch)
    {
        foreach ((string key, object value) in branch)
            batch.Set($"{prefix}.{key}", value);
    }
}
