namespace Fuse.MLNet;

/// <summary>Marks in a trace when the parts of a network begin and end, so that errors can name them.</summary>
internal sealed class ModuleMarks : IDisposable
{
    private readonly List<Action> _remove = [];

    /// <summary>Watches the parts of a network that take one tensor and give one.</summary>
    public ModuleMarks(nn.Module network, TraceMarks marks)
    {
        foreach ((string path, nn.Module part) in network.named_modules().Where(module => module.name.Length > 0).Prepend((name: "", module: network)))
        {
            if (part is not nn.Module<Tensor, Tensor> module)
                continue;
            string name = path.Length == 0 ? network.GetType().Name : $"'{path}' ({part.GetType().Name}) of {network.GetType().Name}";
            var before = module.register_forward_pre_hook((_, input) =>
            {
                marks.Enter(name);
                return input;
            });
            var after = module.register_forward_hook((_, _, output) =>
            {
                marks.Exit(name);
                return output;
            });
            _remove.Add(before.remove);
            _remove.Add(after.remove);
        }
    }

    public void Dispose() => _remove.ForEach(remove => remove());
}
