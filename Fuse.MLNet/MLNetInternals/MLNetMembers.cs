using System.Reflection;
using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Checks once that the internal members of ML.NET that this library uses are there, so that a moved one is named instead of failing deep inside.</summary>
internal static class MLNetMembers
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>Gets the members used, as assembly, type and member; a new use belongs on this list.</summary>
    internal static readonly IReadOnlyList<(Assembly Assembly, string Type, string Member)> Required =
    [
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.Contracts", "Mark"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.Contracts", "CheckAlive"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.Contracts", "IsMarked"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.HostExtensions", "Info"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.HostExtensions", "Warning"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.HostExtensions", "Error"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.SchemaShape", "Create"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.LoadableClassAttribute", ".ctor"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.VersionInfo", ".ctor"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.ModelSaveContext", "CheckAtModel"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.ModelSaveContext", "SetVersionInfo"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.ModelSaveContext", "SaveBinaryStream"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.ModelLoadContext", "TryLoadBinaryStream"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.ModelLoadContext", "Repository"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.ModelLoadContext", "Directory"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.RepositoryReader", "_entries"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.ICanSaveModel", "Save"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.SchemaShape+Column", ".ctor"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.IHostEnvironmentInternal", "get_Seed"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.IHostEnvironmentInternal", "get_GpuDeviceId"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.IHostEnvironmentInternal", "get_FallbackToCpu"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.IHostEnvironmentInternal", "TryGetOption"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.IHostEnvironmentInternal", "SetOption"),
        (typeof(ITransformer).Assembly, "Microsoft.ML.Runtime.HostEnvironmentBase`1", MLNetEnvironment.RootField),
        (typeof(MLContext).Assembly, "Microsoft.ML.Data.IDataTransform", "get_Source"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.ICanSaveOnnx", "CanSaveOnnx"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.ISaveAsOnnx", "SaveAsOnnx"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.OnnxContext", "CheckOpSetVersion"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.OnnxContext", "ContainsColumn"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.OnnxContext", "GetVariableName"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.OnnxContext", "AddIntermediateVariable"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.OnnxContext", "AddInitializer"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.OnnxContext", "GetNodeName"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.OnnxContext", "CreateNode"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Model.OnnxConverter.OnnxNode", "AddAttribute"),
        (typeof(MLContext).Assembly, "Microsoft.ML.Data.CatalogUtils", "GetEnvironment"),
        (typeof(MLContext).Assembly, "Microsoft.ML.ISingleFeaturePredictionTransformer", "get_FeatureColumnName"),
    ];

    private static readonly Lazy<string?> Problem = new(() => FindMissing(Required));

    /// <summary>Throws when a member is missing.</summary>
    /// <exception cref="NotSupportedException">The message names ML.NET's version and the member.</exception>
    public static void Check()
    {
        if (Problem.Value is { } problem)
            throw new NotSupportedException(problem);
    }

    /// <summary>Names the first missing member and ML.NET's version, or returns null.</summary>
    internal static string? FindMissing(IEnumerable<(Assembly Assembly, string Type, string Member)> members)
    {
        foreach ((Assembly assembly, string type, string member) in members)
        {
            if (assembly.GetType(type) is { } found && found.GetMember(member, All).Length > 0)
                continue;
            AssemblyName name = assembly.GetName();
            string version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? name.Version!.ToString();
            return $"This version of Fuse.MLNet cannot work with {name.Name} {version}: it uses the internal member {type}.{member}, which is not there. " +
                "Use Microsoft.ML 5.0.1 or a newer 5.x that still has it, or a newer Fuse.MLNet.";
        }
        return null;
    }
}
