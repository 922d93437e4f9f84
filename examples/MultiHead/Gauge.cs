using Fuse.MLNet.Examples.Digits;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.MultiHead;

/// <summary>Holds a photograph of a gauge, what is known of the gauge, and what an expert says; the shape of the type is the schema that ML.NET loads.</summary>
public sealed class Gauge
{
    /// <summary>Gets or sets the photograph of the digit that the gauge shows: 28 x 28 pixels, 0 for background and 1 for ink.</summary>
    [VectorType(Digit.PixelCount)]
    public float[] Pixels { get; set; } = [];

    /// <summary>Gets or sets the pressure at which the gauge shows 9, in bar.</summary>
    public float Range { get; set; }

    /// <summary>Gets or sets the temperature of the gauge, in degrees Celsius; it shows too little when it is warm.</summary>
    public float Temperature { get; set; }

    /// <summary>Gets or sets the highest pressure that the vessel may have, in bar.</summary>
    public float Limit { get; set; }

    /// <summary>Gets or sets the true pressure, in bar.</summary>
    public float Pressure { get; set; }

    /// <summary>Gets or sets what the pressure means for this vessel: Normal, High or Alarm.</summary>
    public string State { get; set; } = "";
}
