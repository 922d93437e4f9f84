namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds what a row of the strip shows.</summary>
/// <param name="Input">The grey values.</param>
/// <param name="Truth">The classes, -1 where there is none.</param>
/// <param name="Prediction">The predicted classes.</param>
internal sealed record StripRow(byte[] Input, int[] Truth, int[] Prediction)
{
    /// <summary>Gets the middle slice of a volume; a picture is its own.</summary>
    /// <param name="places">The number of places in a slice.</param>
    public StripRow MiddleSlice(int places)
    {
        Range middle = (Input.Length / places / 2 * places)..((Input.Length / places / 2 * places) + places);
        return new(Input[middle], Truth[middle], Prediction[middle]);
    }
}
