using System.Collections;
using System.Reflection;

namespace Fuse.MLNet.Tests;

/// <summary>Moves modules to another device, whatever there is: PyTorch's device without memory takes the place of a GPU.</summary>
[TestClass]
public sealed class DeviceMoveTests : LeakCheckedTest
{
    public static IEnumerable<object[]> BackboneNames => Backbones.Names;

    public static IEnumerable<object[]> ModelNames => ModelSamples.Models.Keys.Where(name => name != "network.torch_script").Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(BackboneNames))]
    public void NoTensorOfABackboneStaysBehind(string name)
    {
        using nn.Module module = Backbones.All[name].Build();
        CheckMove(module);
    }

    [TestMethod]
    [DynamicData(nameof(ModelNames))]
    public void NoTensorOfAModelStaysBehind(string name)
    {
        using nn.Module module = ModelTableTests.Sized(name).Build();
        CheckMove(module);
    }

    private static void CheckMove(nn.Module module)
    {
        string[] names = [.. module.state_dict().Keys];
        int parameters = module.parameters().Count();
        module.to(META);
        CollectionAssert.AreEqual(names, module.state_dict().Keys.ToArray());
        Assert.HasCount(parameters, module.parameters().ToArray());
        var registered = module.state_dict().Values.Select(value => value.Handle).ToHashSet();
        foreach ((string path, Tensor value) in Tensors(module, "", new(ReferenceEqualityComparer.Instance)))
        {
            Assert.AreEqual(DeviceType.META, value.device_type, path);
            Assert.Contains(value.Handle, registered, $"{path} is not what the module has registered");
        }
    }

    /// <summary>Finds every tensor that an object's fields reach, in modules, lists and arrays.</summary>
    private static IEnumerable<(string Path, Tensor Value)> Tensors(object? value, string path, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || !seen.Add(value))
            return [];
        if (value is Tensor tensor)
            return [(path, tensor)];
        if (value is Array or IList { IsFixedSize: false } && value.GetType().Namespace != "TorchSharp.Utils")
            return ((IEnumerable)value).Cast<object?>().SelectMany((item, index) => Tensors(item, $"{path}[{index}]", seen)).ToArray();
        if (value is not nn.Module && value.GetType().Assembly != typeof(FuseModel).Assembly && value is not Delegate)
            return [];
        if (value is Delegate { Target: var target })
            return Tensors(target, $"{path}()", seen);
        IEnumerable<FieldInfo> fields = Enumerable.Empty<FieldInfo>();
        for (Type? type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
            fields = fields.Concat(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        return fields.SelectMany(field => Tensors(field.GetValue(value), $"{path}.{field.Name}", seen)).ToArray();
    }
}
