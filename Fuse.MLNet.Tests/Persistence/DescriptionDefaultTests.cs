using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fuse.MLNet.Tests;

/// <summary>Leaves each property of each description out of its JSON, as a file of an older version does that did not have it.</summary>
[TestClass]
public sealed class DescriptionDefaultTests
{
    private static readonly Dictionary<string, (object Value, JsonTypeInfo Writing, JsonTypeInfo Reading)> Descriptions = new(
        [
            .. ModelSamples.Models.Where(pair => pair.Value.WhyNotSavable() is null).Select(pair => Of<FuseModel>($"model {pair.Key}", pair.Value, FuseJsonContext.Default)),
            .. Backbones.All.Select(pair => Of($"backbone {pair.Key}", pair.Value, FuseJsonContext.Default)),
            .. LossSamples.All.Where(pair => pair.Value.Loss.WhyNotSavable() is null).Select(pair => Of($"loss {pair.Key}", pair.Value.Loss, FuseJsonContext.Default)),
            Of("a trained model", Trained(), FuseJsonContext.Default),
            Of("a loss stage", new LossStageDescription { FuseVersion = "0.1.0", Loss = SavedLoss.Of(Loss.CrossEntropy()), Columns = new() { ["a"] = new("A") }, OutputColumnName = "Loss", ScoreKind = ScoreKind.Logit }, FuseJsonContext.Default),
            Of("a run", new TrainState
            {
                FuseVersion = "0.1.0",
                Seed = 3,
                RowCount = 5,
                ShuffleBufferRows = 7,
                BatchSize = 2,
                Monitor = new("a", MonitorMode.Max, 0.5),
                Optimizer = "Adam",
                Position = new(1, 2, 3, 4),
                History = new([new EpochRecord(0, [new LoggedValue("a", 1)])]),
                Means = [new RunningMean("train.losses.a", 1, 2, LogKind.Loss)],
                Callbacks = new() { ["a"] = new() { ["b"] = "c" } },
            }, TrainStateJson.Default),
        ], StringComparer.Ordinal);

    public static IEnumerable<object[]> Names => Descriptions.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void WhatAFileLeavesOutHasItsDefaultOrIsNamed(string name)
    {
        (object value, JsonTypeInfo writing, JsonTypeInfo reading) = Descriptions[name];
        string json = JsonSerializer.Serialize(value, writing);
        Assert.AreEqual(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, reading), writing));
        int count = 0;
        foreach ((JsonObject parent, string property, Func<object, object> find) in Properties(JsonNode.Parse(json)!, root => root).ToArray())
        {
            count++;
            object owner = find(value);
            if (Member(owner.GetType(), property) is not { } member)
                continue;
            JsonNode? removed = parent[property];
            int place = parent.IndexOf(property);
            parent.RemoveAt(place);
            string text = parent.Root.ToJsonString(writing.Options);
            parent.Insert(place, property, removed);
            string where = $"{owner.GetType().Name}.{member.Name}";
            if (Default(owner, member, out object? expected))
                Assert.IsTrue(AreEqual(expected, member.GetValue(find(JsonSerializer.Deserialize(text, reading)!))), $"{where} should be {expected}.");
            else
                Assert.Contains(property, Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(text, reading), where).Message, where);
        }
        Assert.IsGreaterThan(0, count);
    }

    private static KeyValuePair<string, (object, JsonTypeInfo, JsonTypeInfo)> Of<T>(string name, T value, JsonSerializerContext context)
        where T : class => new(name, (value, context.GetTypeInfo(typeof(T))!, JsonDefaults.Reading<T>(context)));

    private static ModelDescription Trained() => new()
    {
        FuseVersion = "0.1.0",
        TorchSharpVersion = "0.107.0",
        Columns = new()
        {
            ["data.input"] = new("Features", [2, 3]) { PadTo = 6, PaddingValue = 2, MaskKey = "data.mask", DType = ScalarType.Float64, Mean = [1], StandardDeviation = [2], Standardize = true, NonFiniteValue = 0.5, Image = new() { CropFraction = 0.5 } },
            ["data.path"] = new("Path", [2]) { Reader = new NumpyReader() },
        },
        Model = ModelSamples.Models["model.multi_head"],
        Module = LightningModule.Of<CustomClassifier>(0.1),
        Outputs = [new FittedOutput { Name = "Score", Key = "a", Activation = Activation.Softmax, Kind = OutputKind.Vector, ValueKind = ScoreKind.Logit, Shape = [3], Task = OutputTask.MulticlassClassification, ProbabilityName = "P", PredictedLabelName = "L", KeyValues = new("String", ["x", "y", "z"]), SlotNames = new("String", ["x", "y", "z"]) }],
        BatchSize = 3,
        Seed = 4,
        History = new([new EpochRecord(0, [new LoggedValue("a", 1)])]),
        StopReason = StopReason.Cancelled,
        BestEpoch = 1,
    };

    /// <summary>Gets the properties of every object in a description's JSON, and how to find the object in the description.</summary>
    private static IEnumerable<(JsonObject Parent, string Property, Func<object, object> Find)> Properties(JsonNode node, Func<object, object> find)
    {
        if (node is JsonArray items)
            return items.SelectMany((item, i) => item is null ? [] : Properties(item, root => ((IEnumerable)find(root)).Cast<object>().ElementAt(i)));
        return node is not JsonObject parent ? [] : parent.ToArray().SelectMany(pair => new[] { (parent, pair.Key, find) }.Concat(pair.Value is null ? [] : Properties(pair.Value, root => Part(find(root), pair.Key))));
    }

    private static object Part(object owner, string name) => owner is IDictionary entries ? entries[name]! : Member(owner.GetType(), name)!.GetValue(owner)!;

    private static PropertyInfo? Member(Type type, string name) => typeof(IDictionary).IsAssignableFrom(type) ? null
        : type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).FirstOrDefault(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == name);

    /// <summary>Gets what C# gives a property that nobody sets.</summary>
    private static bool Default(object owner, PropertyInfo member, out object? value)
    {
        value = null;
        if (member.IsDefined(typeof(RequiredMemberAttribute)))
            return false;
        ConstructorInfo[] constructors = owner.GetType().GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        ConstructorInfo constructor = constructors.FirstOrDefault(one => one.IsDefined(typeof(JsonConstructorAttribute)))
            ?? constructors.FirstOrDefault(one => one.GetParameters().Length == 0)
            ?? constructors.First(one => one.IsPublic);
        object?[] arguments = [.. constructor.GetParameters().Select(parameter => string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)
            ? parameter.HasDefaultValue ? parameter.DefaultValue ?? (parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null) : Type.Missing
            : Member(owner.GetType(), JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!))!.GetValue(owner))];
        if (arguments.Contains(Type.Missing))
            return false;
        value = member.GetValue(constructor.Invoke(arguments));
        return true;
    }

    private static bool AreEqual(object? left, object? right) => Equals(left, right) || (left is IDictionary a && right is IDictionary b && a.Count == b.Count && a.Count == 0);
}
