using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class NetworkOfTests : LeakCheckedTest
{
    [TestMethod]
    public void ArgumentsOfEveryPlainKindComeBack()
    {
        Network network = Network.Of<ArgumentNetwork>(true, 3, 1L << 40, 0.1f, Math.PI, "a \"b\" ü", DayOfWeek.Friday, new[] { 1, 2 },
            new List<string> { "x", "y" }, new[] { 0.5, double.PositiveInfinity }, null, null);
        const string Expected = "True 3 1099511627776 0.1 3.141592653589793 a \"b\" ü Friday [1 2] [x y] [0.5 Infinity]  null 42";
        network.Build().Dispose();
        Assert.AreEqual(Expected, ArgumentNetwork.Seen);

        var ml = new MLContext(seed: 1);
        IDataView view = Samples.Keyed(ml, 6);
        string path = Path.Combine(Folder, "model.zip");
        ml.Model.Save(Own(Learning.Classifier(ml, network: network).Fit(view)), view.Schema, path);
        Network.Of<ArgumentNetwork>(false, 0, 0, 0, 0, "", 0, Array.Empty<int>(), Array.Empty<string>(), Array.Empty<double>(), 1).Build().Dispose();
        Assert.AreNotEqual(Expected, ArgumentNetwork.Seen);
        Own(ml.Model.Load(path, out _));
        Assert.AreEqual(Expected, ArgumentNetwork.Seen);
    }

    [TestMethod]
    public void ArgumentsWithoutAConstructorListTheConstructors()
    {
        foreach (object?[] arguments in new object?[][] { [1, 2, 3], ["two"], [null], [1.5] })
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Network.Of<TinyClassifier>(arguments));
            Assert.Contains("its constructors are (Int32 inputs, Int32 classes)", error.Message);
        }

        Assert.Contains("it has no public constructor", Assert.ThrowsExactly<ArgumentException>(() => Network.Of<Unbuildable>()).Message);
    }

    [TestMethod]
    public void AnArgumentThatAFileCannotHoldIsRefused()
    {
        foreach (object argument in new object[] { new Uri("http://localhost"), new object[] { 1 }, new[,] { { 1 } }, new Dictionary<string, int>(), (Func<int>)(() => 1) })
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Network.Of<TinyClassifier>(argument));
            Assert.Contains("cannot be saved; use numbers, Booleans, text, enums, and arrays or lists of those", error.Message);
        }
    }

    [TestMethod]
    public void DescriptionsCompareByValue()
    {
        Assert.AreEqual(Network.Of<TinyClassifier>(2, 3), Network.Of<TinyClassifier>(2, 3));
        Assert.AreNotEqual(Network.Of<TinyClassifier>(2, 3), Network.Of<TinyClassifier>(2, 4));
        Assert.AreNotEqual(Network.Of<TinyClassifier>(), Network.Of<CountingNetwork>());
        static ModelWrapSeqToDict Wrap() => new() { Model = Network.Of<TinyClassifier>(2), Inputs = ["a"], Outputs = ["b", "c"], PostForward = Activation.Exp };
        Assert.AreEqual(Wrap(), Wrap());
        Assert.AreNotEqual(Wrap(), Wrap() with { Outputs = ["b"] });
    }

    [TestMethod]
    public void AConstructorThatFailsIsNamed()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Network.Of<Failing>(-1).Build());
        Assert.Contains("'Fuse.MLNet.Tests.NetworkOfTests+Failing' failed with the arguments (-1): width must be positive", error.Message);
    }

    public sealed class Unbuildable : nn.Module<Tensor, Tensor>
    {
        private Unbuildable()
            : base(nameof(Unbuildable))
        {
        }

        public override Tensor forward(Tensor input) => input;
    }

    public sealed class Failing : nn.Module<Tensor, Tensor>
    {
        [SuppressMessage("Usage", "CA2208", Justification = "The text is what matters here.")]
        public Failing(int width)
            : base(nameof(Failing))
        {
            if (width < 0)
                throw new InvalidOperationException("width must be positive");
        }

        public override Tensor forward(Tensor input) => input;
    }
}
