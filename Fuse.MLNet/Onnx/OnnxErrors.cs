namespace Fuse.MLNet;

/// <summary>Makes the errors of the ONNX export.</summary>
internal static class OnnxErrors
{
    private const string Advice =
        "Change the network's forward to use operations that have an ONNX form, or keep the model as a .zip; a network that is written in Python is exported there, by torch.onnx.export.";

    /// <summary>Makes the error of an operation or a module that has no ONNX form.</summary>
    /// <param name="place">What it is and where it stands in the network.</param>
    /// <param name="why">What is wrong with it.</param>
    public static NotSupportedException NotExported(string place, string why) =>
        MLNetErrors.Mark(new NotSupportedException($"The network cannot be exported to ONNX: {place} {why}. {Advice}"));
}
