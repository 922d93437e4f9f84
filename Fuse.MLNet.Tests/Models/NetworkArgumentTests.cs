using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Checks which constructor the arguments of <see cref="Network.Of{TModule}(object?[])"/> choose, also after a model was saved and loaded.</summary>
[TestClass]
public sealed class NetworkArgumentTests : LeakCheckedTest
{
    private static readonly Dictionary<string, Func<Network>> Networks = new(StringComparer.Ordinal)
    {
        ["Int32 1"] = () => Network.Of<Overloaded>(1),
        ["Double 1"] = () => Network.Of<Overloaded>(1.0),
        ["Double -3"] = () => Network.Of<Overloaded>(-3.0),
        ["Double 2.5"] = () => Network.Of<Overloaded>(2.5),
        ["Double 1E+20"] = () => Network.Of<Overloaded>(1e20),
        ["String null"] = () => Network.Of<Overloaded>(null),
        ["String 1"] = () => Network.Of<Overloaded>("1"),
        ["nothing"] = () => Network.Of<Overloaded>(),
    };

    public static IEnumerable<object[]> Names => Networks.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void AnArgumentFindsTheConstructorOfItsKindAlsoInAFile(string expected)
    {
        Network network = Networks[expected]();
        Assert.AreEqual(expected, Built(() => Own(network.Build())));
        var ml = new MLContext(seed: 1);
        IDataView view = Samples.Keyed(ml, 6);
        string path = Path.Combine(Folder, "model.zip");
        FuseTransformer transformer = Own(Learning.Classifier(ml, network: network).Fit(view));
        ml.Model.Save(transformer, view.Schema, path);
        Assert.AreEqual(expected, Built(() => Own(ml.Model.Load(path, out _))));
    }

    [TestMethod]
    public void APointersSizeIsRefusedWithWhatIsAllowed()
    {
        foreach (object argument in new object[] { (nint)1, (nuint)1, new nint[] { 1 } })
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Network.Of<Overloaded>(argument));
            Assert.Contains("use numbers, Booleans, text, enums, and arrays or lists of those", error.Message);
        }
    }

    [TestMethod]
    public void AFunctionThatReturnsOneModuleTwiceIsRefused()
    {
        TinyClassifier? shared = new();
        var ml = new MLContext(seed: 1);
        FuseTrainer trainer = Learning.Classifier(ml, network: Network.Of(() => shared));
        IDataView view = Samples.Keyed(ml, 12);
        FuseTransformer transformer = Own(trainer.Fit(view));
        byte[] weights = Learning.Weights(transformer.Network);
        Assert.Contains("returned the same module twice", Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(view)).Message);
        // The first model is as it was.
        CollectionAssert.AreEqual(weights, Learning.Weights(transformer.Network));
        shared = null;
        Assert.Contains("returned null", Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(view)).Message);
    }

    [TestMethod]
    public void AFunctionThatMakesNewModulesFitsAgain()
    {
        var ml = new MLContext(seed: 1);
        FuseTrainer trainer = Learning.Classifier(ml, network: Network.Of(() => new TinyClassifier()));
        IDataView view = Samples.Keyed(ml, 12);
        CollectionAssert.AreEqual(Learning.Weights(Own(trainer.Fit(view)).Network), Learning.Weights(Own(trainer.Fit(view)).Network));
    }

    private static string Built(Action build)
    {
        Overloaded.Seen = "";
        build();
        return Overloaded.Seen;
    }

    public sealed class Overloaded : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

        public Overloaded()
            : this("nothing", 0)
        {
        }

        public Overloaded(int value)
            : this(FormattableString.Invariant($"Int32 {value}"), 0)
        {
        }

        public Overloaded(double value)
            : this(FormattableString.Invariant($"Double {value}"), 0)
        {
        }

        public Overloaded(string? value)
            : this($"String {value ?? "null"}", 0)
        {
        }

        private Overloaded(string seen, int unused)
            : base(nameof(Overloaded))
        {
            _ = unused;
            Seen = seen;
            RegisterComponents();
        }

        public static string Seen { get; set; } = "";

        public override Tensor forward(Tensor input) => _linear.call(input);
    }
}
