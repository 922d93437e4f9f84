using System.Text.Json;

namespace Fuse.MLNet.Tests;

/// <summary>Holds what the original of a backbone has and gives, with weights and inputs by formula; made by Data/make_backbones.py.</summary>
internal sealed class BackboneCase(JsonElement element)
{
    private static readonly Lazy<JsonElement> Root = new(Read);

    public static IEnumerable<string> Names => Root.Value.EnumerateObject().Select(property => property.Name);

    public long Parameters => element.GetProperty("parameters").GetInt64();

    public long[] OutputShape => Longs(element.GetProperty("outputShape"));

    /// <summary>Gets every how many values of the output one is noted.</summary>
    public long Step => element.GetProperty("step").GetInt64();

    public double[] Values => [.. element.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];

    /// <summary>Gets the names and shapes of parameters and buffers.</summary>
    public Dictionary<string, long[]> State => element.GetProperty("state").EnumerateObject().ToDictionary(property => property.Name, property => Longs(property.Value));

    public static BackboneCase Of(string name) => new(Root.Value.GetProperty(name));

    public long[][] InputShapes => [.. element.GetProperty("inputs").EnumerateArray().Select(Longs)];

    /// <summary>Gets for each input how many ids there are, 0 where it is of reals.</summary>
    public long[] Vocabularies => [.. element.GetProperty("vocabularies").EnumerateArray().Select(count => count.GetInt64())];

    /// <summary>Makes the inputs, reals or ids.</summary>
    public Tensor[] Inputs(ScalarType type) => [.. InputShapes.Select((sizes, i) =>
    {
        long vocabulary = Vocabularies[i];
        Tensor values = Noise(sizes.Aggregate(1L, (product, size) => product * size), 1000 + i).reshape(sizes);
        return vocabulary > 0 ? values.add(1).div(2).mul(vocabulary).to(ScalarType.Int64) : values.to(type);
    })];

    /// <summary>Sets all parameters and buffers by formula.</summary>
    public static void Fill(nn.Module module)
    {
        using var noGrad = no_grad();
        Dictionary<string, Tensor> state = module.state_dict();
        string[] names = [.. state.Keys.Where(name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        for (int salt = 0; salt < names.Length; salt++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor target = state[names[salt]];
            Tensor value = Noise(target.numel(), salt).reshape(target.shape);
            value = names[salt].EndsWith("running_var", StringComparison.Ordinal) ? value.mul(0.5).add(1)
                : target.dim() > 1 ? value.mul(Math.Sqrt(3.0 * target.shape[0] / target.numel()))
                : value.mul(0.1).add(new[] { "weight", "gamma", "g" }.Any(end => names[salt].EndsWith(end, StringComparison.Ordinal)) ? 1 : 0);
            target.copy_(value);
        }
    }

    /// <summary>Makes numbers from -1 to 1 that depend on their position and a salt only.</summary>
    public static Tensor Noise(long count, double salt)
    {
        Tensor x = arange(count, ScalarType.Float64).mul(12.9898).add(salt * 78.233).sin().mul(43758.5453);
        return x.sub(x.floor()).mul(2).sub(1);
    }

    private static long[] Longs(JsonElement list) => [.. list.EnumerateArray().Select(size => size.GetInt64())];

    private static JsonElement Read()
    {
        using Stream stream = typeof(BackboneCase).Assembly.GetManifestResourceStream("Fuse.MLNet.Tests.Models.Backbones.Data.backbones.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
