using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Makes a view of a folder of images.</summary>
internal static class ImageFolderView
{
    /// <summary>The column of the files' paths.</summary>
    public const string PathColumnName = nameof(ImageFileRow.ImagePath);

    /// <summary>Finds the images, says in the log what was found and what was left out, and makes the view.</summary>
    public static IDataView Create(MLContext context, string path, string imageColumnName, string? labelColumnName)
    {
        string[] columns = [imageColumnName, PathColumnName, .. labelColumnName is null ? Array.Empty<string>() : [labelColumnName]];
        if (columns.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two columns would be named '{twice.Key}': those of the image, the label and '{PathColumnName}' must differ.");
        var files = ImageFiles.Open(path, labelColumnName is not null);
        using (ChannelLog log = MLNetEnvironment.OpenLog(context, nameof(FuseCatalog.LoadImagesFromFolder)))
            Report(log, path, files);
        var schema = SchemaDefinition.Create(typeof(ImageFileRow));
        if (files.HasLabels)
            schema[nameof(ImageFileRow.Label)].ColumnName = labelColumnName;
        else
            schema.Remove(schema[nameof(ImageFileRow.Label)]);
        IDataView rows = context.Data.LoadFromEnumerable(files.Rows, schema);
        return context.Transforms.LoadImages(imageColumnName, imageFolder: null, PathColumnName).Fit(rows).Transform(rows);
    }

    private static void Report(ChannelLog log, string path, ImageFiles files)
    {
        IEnumerable<string> classes = files.Rows.GroupBy(row => row.Label).Select(group => $"{group.Key} {group.Count()}");
        log.Info($"{path}: {files.Rows.Count} images{(files.HasLabels ? $" in the classes {string.Join(", ", classes)}" : " without classes")}");
        if (files.WithoutClass.Count > 0)
            log.Warning($"{path}: {files.WithoutClass.Count} images were left out, because they stand beside the folders of classes: {ImageFiles.Listed(files.WithoutClass)}.");
        if (files.Unreadable.Count > 0)
            log.Warning($"{path}: {files.Unreadable.Count} files were left out, because they have an image's ending and do not begin as one: {ImageFiles.Listed(files.Unreadable)}.");
    }
}
