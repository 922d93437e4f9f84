namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelWrapSeqToDict"/>.</summary>
internal sealed class WrapSeqToDictModule : nn.Module<BatchDict, BatchDict>
{
    private readonly ModelWrapSeqToDict _description;
    // Without a name TorchSharp would register the field a second time, under the name of the field.
    [TorchSharp.Utils.ComponentName(Name = "model")]
    private readonly nn.Module _network;
    private readonly string[] _inputs;
    private readonly Func<Tensor[], Tensor[]> _call;

    public WrapSeqToDictModule(ModelWrapSeqToDict description)
        : base(nameof(ModelWrapSeqToDict))
    {
        _description = description;
        _network = description.Model.Build();
        _inputs = description.NamedInputs.Count > 0 ? ModuleCall.OrderKeys(_network, description.NamedInputs) : [.. description.Inputs];
        _call = ModuleCall.Of(_network, _inputs.Length);
        RegisterComponents();
    }

    /// <summary>Gets the wrapped network.</summary>
    public nn.Module Network => _network;

    public override BatchDict forward(BatchDict input)
    {
        var inputs = new Tensor[_inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = input[_inputs[i]];
        Tensor[] outputs = _call(_description.PreForwardFunction?.Invoke(inputs) ?? inputs);
        outputs = _description.PostForwardFunction?.Invoke(outputs) ?? outputs;
        if (_description.PostForward != Activation.None && outputs.Length == 1)
        {
            Tensor activated = _description.PostForward.Apply(outputs[0]);
            outputs = _description.Outputs.Count == 1 ? [activated] : [outputs[0], activated];
        }
        if (outputs.Length != _description.Outputs.Count)
            throw new InvalidOperationException(
                $"The network {_network.GetType().Name} gave {outputs.Length} outputs; {nameof(ModelWrapSeqToDict)}.{nameof(ModelWrapSeqToDict.Outputs)} names {_description.Outputs}.");
        for (int i = 0; i < outputs.Length; i++)
            if (_description.Outputs[i] is { } key)
                input[key] = outputs[i];
        return input;
    }
}
