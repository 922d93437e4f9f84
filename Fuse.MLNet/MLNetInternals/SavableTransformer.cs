using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Is the base of Fuse's transformers: lets plain <c>mlContext.Model.Save</c> write them into its <c>.zip</c>.</summary>
public abstract class SavableTransformer : ITransformer
{
    internal const string AssemblyName = "Fuse.MLNet";
    private const uint FormatVersion = 1;

    private protected SavableTransformer()
    {
    }

    /// <summary>Gets whether rows can be mapped one by one, as prediction engines do: always true.</summary>
    public bool IsRowToRowMapper => true;

    private protected abstract string LoaderSignature { get; }

    private protected abstract string ModelSignature { get; }

    /// <inheritdoc/>
    public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    /// <inheritdoc/>
    public abstract IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema);

    /// <inheritdoc/>
    public abstract IDataView Transform(IDataView input);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        // The simple assembly name: a full name would tie the file to one version of this library.
        ctx.SetVersionInfo(new VersionInfo(ModelSignature, FormatVersion, FormatVersion, FormatVersion, AssemblyName, LoaderSignature));
        Save(new ModelArchiveWriter(ctx));
    }

    private protected abstract void Save(ModelArchiveWriter archive);
}
