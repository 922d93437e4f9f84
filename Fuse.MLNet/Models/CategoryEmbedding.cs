namespace Fuse.MLNet;

/// <summary>Embeds class indices <c>[N]</c> or <c>[N, M]</c>, joined to <c>[N, M * size]</c>. Row 0 of the table stands for an index that is missing or out of range, and starts at 0.</summary>
internal sealed class CategoryEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly long _count;
    [TorchSharp.Utils.ComponentName(Name = "table")]
    private readonly TorchSharp.Modules.Embedding _table;

    public CategoryEmbedding(long count, long size)
        : base(nameof(CategoryEmbedding))
    {
        _count = count;
        _table = SizedLayer.Embedding(count + 1, size);
        using (no_grad())
            _table.weight!.narrow(0, 0, 1).zero_();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Scalar one = 1L;
        using Scalar last = _count;
        Tensor rows = input.add(one);
        Tensor known = rows.ge(one).logical_and(rows.le(last));
        return _table.call(rows.mul(known)).flatten(1);
    }
}
