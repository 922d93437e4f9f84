using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Template;

/// <summary>Holds a row of the data: a picture of a spot on the skin, and what a physician says about it.</summary>
/// <remarks>TODO: make this your own row. Its properties are the columns that ML.NET sees.</remarks>
public sealed class Case
{
    /// <summary>The number of pixels along each side of a picture.</summary>
    public const int Side = 24;

    /// <summary>Gets or sets what tells this row from all others.</summary>
    public string SampleId { get; set; } = "";

    /// <summary>Gets or sets whose picture it is; a patient has several.</summary>
    public string PatientId { get; set; } = "";

    /// <summary>Gets or sets the pixels row by row, 0 for skin and 1 for the spot.</summary>
    [VectorType(Side * Side)]
    public float[] Pixels { get; set; } = [];

    /// <summary>Gets or sets the diagnosis: Benign, or Malignant when the outline is ragged.</summary>
    public string Diagnosis { get; set; } = "";

    /// <summary>Gets or sets the mean diameter of the spot, in millimetres.</summary>
    public float Diameter { get; set; }

    /// <summary>Draws the cases of a number of patients, three each; one patient in four is ill.</summary>
    /// <param name="patients">The number of patients.</param>
    /// <param name="seed">The seed of every random choice.</param>
    public static Case[] Draw(int patients, int seed)
    {
        var random = new Random(seed);
        return [.. from patient in Enumerable.Range(0, patients)
                   from picture in Enumerable.Range(0, 3)
                   select Draw($"P{patient:000}", $"P{patient:000}-{picture}", patient % 4 == 0, random)];
    }

    private static Case Draw(string patientId, string sampleId, bool isMalignant, Random random)
    {
        double Between(double low, double high) => low + ((high - low) * random.NextDouble());
        (double radius, double x, double y) = (Between(4, 9), Between(10, 13), Between(10, 13));
        (double raggedness, int teeth, double turn) = (isMalignant ? Between(0.12, 0.3) : Between(0, 0.08), random.Next(5, 9), Between(0, Math.Tau));
        float[] pixels = new float[Side * Side];
        for (int i = 0; i < pixels.Length; i++)
        {
            (double dx, double dy) = ((i % Side) - x, (i / Side) - y);
            double outline = radius * (1 + (raggedness * Math.Cos((teeth * Math.Atan2(dy, dx)) + turn)));
            // A soft edge and a noisy camera.
            pixels[i] = (float)((1 / (1 + Math.Exp(2 * (Math.Sqrt((dx * dx) + (dy * dy)) - outline)))) + Between(-0.2, 0.2));
        }
        // A pixel is half a millimetre wide, so the radius in pixels is the diameter in millimetres.
        return new() { SampleId = sampleId, PatientId = patientId, Pixels = pixels, Diagnosis = isMalignant ? "Malignant" : "Benign", Diameter = (float)radius };
    }
}
