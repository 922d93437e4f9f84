namespace Fuse.MLNet;

/// <summary>Gives the batches of one pass over streamed rows, while a thread reads those after them.</summary>
internal sealed class StreamedReader : IBatchReader
{
    private const int BatchesOfGarbage = 1024;
    private readonly StreamedBatchSource _source;
    private readonly StreamedPass _pass;
    private readonly int? _epoch;
    private readonly BatchExchange _exchange;
    private readonly Thread _thread;
    private long _position;
    private int _batches;
    private bool _isOver;

    public StreamedReader(StreamedBatchSource source, StreamedPass pass, int? epoch, IEnumerable<BatchBuffer> buffers)
    {
        (_source, _pass, _epoch) = (source, pass, epoch);
        _position = (long)pass.FirstBatch * pass.BatchSize;
        _exchange = new BatchExchange(buffers);
        _thread = new Thread(new BatchFiller(pass, _exchange).Run) { IsBackground = true, Name = "Fuse.MLNet rows" };
        _thread.Start();
    }

    // Only the last batch makes it 1: the length may turn out larger.
    public double Fraction => _isOver ? 1 : _source.ExpectedRows is { } rows and > 0 ? Math.Min((double)_position / rows, Math.BitDecrement(1.0)) : 0;

    public bool Wait(bool isNeeded) => _isOver || _exchange.Wait(isNeeded);

    public BatchDict? Next()
    {
        if (_isOver)
            return null;
        if (_exchange.Take() is not { } filled)
        {
            End();
            return null;
        }
        // The little garbage of each step would fill the youngest generation, which is as large as a processor's cache: memory would grow with the rows up to there.
        if (++_batches % BatchesOfGarbage == 0)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        _position += filled.Count;
        BatchDict batch = _source.ToBatch(filled, _epoch);
        bool isLast = filled.IsLast;
        _exchange.GiveBack(filled);
        if (isLast)
            End();
        return batch;
    }

    public void Dispose()
    {
        _exchange.Stop();
        _thread.Join();
    }

    private void End()
    {
        _isOver = true;
        _source.EndPass(_pass, _epoch);
    }
}
