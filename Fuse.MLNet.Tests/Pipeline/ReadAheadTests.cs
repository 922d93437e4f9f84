using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Scores while another thread reads the next batch of rows, where reading and the forward pass take long.</summary>
[TestClass]
public sealed class ReadAheadTests : LeakCheckedTest
{
    private const int Rows = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    // Sleeping never takes less.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(1);
    private readonly MLContext _ml = new(seed: 1);
    private TimeSpan _forward = Long;
    private TimeSpan _read = Long;
    private Action<long> _onForward = _ => { };

    [TestMethod]
    public void TheNextBatchIsReadWhileTheNetworkRuns()
    {
        ProbeView view = Probe();
        IDataView scored = Model().Transform(view);
        var readAtForward = new List<(long Rows, long Read)>();
        long served = 0;
        _onForward = rows =>
        {
            served += rows;
            // From 32 rows on, until the source has ended.
            if (rows >= 32 && served < Rows)
                SpinWait.SpinUntil(() => view.Passes[0].Rows == Math.Min(served + 64, Rows), Patience);
            readAtForward.Add((rows, view.Passes[0].Rows));
        };
        Assert.HasCount(Rows, scored.GetColumn<float>("Score").ToArray());
        CollectionAssert.AreEqual(new[] { (1L, 1L), (2L, 3L), (4L, 7L), (8L, 15L), (16L, 31L), (32L, 127L), (64L, 191L), (64L, 200L), (9L, 200L) }, readAtForward);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(1, 0)]
    [DataRow(0, 1)]
    public void WhereOneOfThemIsQuickTheThreadThatAsksReads(int reading, int forward)
    {
        (_read, _forward) = (TimeSpan.FromMilliseconds(reading), TimeSpan.FromMilliseconds(forward));
        FuseTransformer model = Model();
        // What is quick may be interrupted for long, but not in every one of many tries.
        Assert.IsTrue(Enumerable.Range(0, 50).Any(_ => AreReadHere()));

        bool AreReadHere()
        {
            bool areHere = true;
            int here = Environment.CurrentManagedThreadId;
            ProbeView view = Probe(_ => areHere &= Environment.CurrentManagedThreadId == here);
            Assert.HasCount(Rows, model.Transform(view).GetColumn<float>("Score").ToArray());
            return areHere;
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void WhatIsReadAheadIsWhatIsServed(int milliseconds)
    {
        _read = _forward = TimeSpan.FromMilliseconds(milliseconds);
        IDataView rows = Samples.Keyed(_ml, Rows);
        IDataView scored = Model().Transform(Probe());
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<float> id = cursor.GetGetter<float>(scored.Schema["Id"]);
        ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
        ValueGetter<float> score = cursor.GetGetter<float>(scored.Schema["Score"]);
        float[][] inputs = [.. rows.GetColumn<float[]>("Features")];
        float place = 0;
        VBuffer<float> given = default;
        float sum = 0;
        for (int row = 0; row < Rows; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            // Scores first: from here on the next batch may be read at any time.
            score(ref sum);
            id(ref place);
            features(ref given);
            Assert.AreEqual(row, place);
            CollectionAssert.AreEqual(inputs[row], given.DenseValues().ToArray());
            Assert.AreEqual(inputs[row].Sum(), sum, 1e-5f);
        }

        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void AnErrorAheadComesWithItsBatch()
    {
        ProbeView view = Probe(row =>
        {
            if (row == 100)
                throw new InvalidOperationException("the source broke off");
        });
        IDataView scored = Model().Transform(view);
        using (DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Score"]]))
        {
            ValueGetter<float> score = cursor.GetGetter<float>(scored.Schema["Score"]);
            float value = 0;
            for (int row = 0; row < 63; row++)
            {
                Assert.IsTrue(cursor.MoveNext());
                score(ref value);
            }

            Assert.AreEqual("the source broke off", Assert.ThrowsExactly<InvalidOperationException>(() => cursor.MoveNext()).Message);
        }
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    public void ACursorThatIsLeftEarlyEndsItsReading()
    {
        using var reached = new ManualResetEventSlim();
        using var goesOn = new ManualResetEventSlim();
        bool wasDisposed = false;
        ProbeView view = null!;
        view = Probe(row =>
        {
            wasDisposed |= view.Passes[0].IsDisposed;
            if (row != 80)
                return;
            reached.Set();
            goesOn.Wait(Patience);
        });
        IDataView scored = Model().Transform(view);
        DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        ValueGetter<float> score = cursor.GetGetter<float>(scored.Schema["Score"]);
        float value = 0;
        for (int row = 0; row < 40; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            score(ref value);
        }

        Assert.IsTrue(reached.Wait(Patience));
        Task disposing = Task.Run(cursor.Dispose);
        Assert.IsFalse(disposing.Wait(TimeSpan.FromMilliseconds(50)), "It waits for the row that is being read.");
        goesOn.Set();
        Assert.IsTrue(disposing.Wait(Patience));
        Assert.IsFalse(wasDisposed);
        Assert.AreEqual(127, view.Passes[0].Rows);
        view.AssertNothingIsLeft();
    }

    private ProbeView Probe(Action<long>? onRow = null)
    {
        var view = new ProbeView(Samples.Keyed(_ml, Rows));
        view.OnRow = (_, row) =>
        {
            if (_read > TimeSpan.Zero)
                Thread.Sleep(_read);
            onRow?.Invoke(row);
        };
        return view;
    }

    private FuseTransformer Model() => Own(_ml.Fuse().Train(Network.Of(() => new SumNetwork(this)), new TensorColumn("Features"), "Id", Loss.MeanSquaredError(),
        new() { MaxEpochs = 1, BatchSize = 64, Optimizer = Optimizers.SGD(0) }).Fit(Samples.Keyed(_ml, 4)));

    /// <summary>Sums a row's numbers, and tells the test of each batch that it scores, after the time that the test wants it to take.</summary>
    private sealed class SumNetwork : nn.Module<Tensor, Tensor>
    {
        private readonly ReadAheadTests _test;
        private readonly TorchSharp.Modules.Parameter _scale;

        public SumNetwork(ReadAheadTests test)
            : base(nameof(SumNetwork))
        {
            _test = test;
            _scale = nn.Parameter(ones(1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            if (!training)
            {
                if (_test._forward > TimeSpan.Zero)
                    Thread.Sleep(_test._forward);
                _test._onForward(input.shape[0]);
            }
            return input.sum(1, keepdim: true) * _scale;
        }
    }
}
