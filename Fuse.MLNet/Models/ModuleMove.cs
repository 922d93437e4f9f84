using System.Runtime.CompilerServices;
using TorchSharp.Utils;

namespace Fuse.MLNet;

/// <summary>Moves modules to a device.</summary>
internal static class ModuleMove
{
    private static readonly TorchScript Script = new("""
        def replace(values: List[Tensor], moved: List[Tensor]):
            for i in range(len(values)):
                values[i].set_data(moved[i])

        """);

    /// <summary>Moves parameters and buffers in place, as Python's <c>module.to</c> does: each stays the same object, wherever else a class keeps it.</summary>
    /// <remarks>
    /// TorchSharp puts new objects in their place and disposes the old ones: a field whose name is not that of the parameter, a list, and a parameter under two
    /// names would be left with nothing. It leaves buffers that are not saved where they are.
    /// </remarks>
    /// <param name="module">The module.</param>
    /// <param name="device">The device, a GPU with its index.</param>
    public static void MoveTo(this nn.Module module, Device device)
    {
        MoveValues(module, device);
        // Nothing is left to move, but modules remember where they are, and may override how they get there.
        module.to(device);
    }

    /// <summary>Moves parameters and buffers only, and tells the modules nothing.</summary>
    public static void MoveValues(nn.Module module, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor[] values =
        [
            .. module.parameters().Concat(module.modules().Prepend(module).SelectMany(BuffersOf))
                .Where(value => value.device_type != device.type || (device.index >= 0 && value.device_index != device.index)).DistinctBy(value => value.Handle),
        ];
        if (values.Length > 0)
            Script.Run("replace", values, values.Select(value => value.to(device)).ToArray());
    }

    private static IEnumerable<Tensor> BuffersOf(nn.Module part) => ((IEnumerable<(string Name, (Tensor Value, bool IsSaved) Buffer)>)Buffers(part)).Select(entry => entry.Buffer.Value);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_internal_buffers")]
    private static extern ref OrderedDict<string, (Tensor, bool)> Buffers(nn.Module module);
}
