namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds what a row of the strip shows.</summary>
/// <param name="Input">The grey values.</param>
/// <param name="Truth">The classes, -1 where there is none.</param>
/// <param name="Prediction">The predicted classes.</param>
internal sealed record StripRow(byte[] Input, int[] Truth, int[] Prediction);
