namespace Fuse.MLNet;

/// <summary>The module of a <see cref="HeadedModel"/>: makes features, then runs the heads.</summary>
internal abstract class HeadedModule(string name) : nn.Module<BatchDict, BatchDict>(name)
{
    private nn.Module<BatchDict, BatchDict>[] _heads = [];

    public sealed override BatchDict forward(BatchDict input)
    {
        StoreFeatures(input);
        foreach (nn.Module<BatchDict, BatchDict> head in _heads)
            head.call(input);
        return input;
    }

    /// <summary>Computes the features and adds them to the batch.</summary>
    protected abstract void StoreFeatures(BatchDict batch);

    /// <summary>Builds the heads, after the networks that make the features.</summary>
    protected void AddHeads(IReadOnlyList<Head> heads)
    {
        if (heads.Count == 0)
            return;
        var shared = new SharedClassifiers();
        var byName = new NamedModules();
        _heads = [.. heads.Select(head => byName.Add(head.HeadName, head.Build(shared)))];
        register_module("heads", byName);
        var classifiers = new NamedModules();
        foreach ((string name, nn.Module<Tensor, Tensor> module) in shared.Modules)
            classifiers.Add(name, module);
        if (classifiers.named_children().Any())
            register_module("classifiers", classifiers);
    }
}
