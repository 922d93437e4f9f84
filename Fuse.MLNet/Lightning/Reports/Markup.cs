using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Fuse.MLNet;

/// <summary>Makes HTML and SVG elements, whose text and attributes are always escaped.</summary>
internal static class Markup
{
    /// <summary>Makes an HTML element, which never closes itself: browsers would not see its end.</summary>
    public static XElement Html(string name, string? cssClass, params object?[] content) =>
        new(name, cssClass is null ? null : new XAttribute("class", cssClass), "", content.Select(Clean));

    /// <summary>Makes an SVG element of attributes and content.</summary>
    public static XElement Svg(string name, (string Name, object Value)[] attributes, params object?[] content) =>
        new(name, attributes.Select(attribute => new XAttribute(attribute.Name, Clean(attribute.Value is double number ? Coordinate(number) : attribute.Value)!)), content.Select(Clean));

    /// <summary>Writes a value in four digits.</summary>
    public static string Number(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "not defined" : value > 0 ? "∞" : "-∞";
        double size = Math.Abs(value);
        return value.ToString(size is 0 || (size >= 1e-3 && size < 1e6) ? size >= 1000 ? "0.#" : "G4" : "0.##e0", CultureInfo.InvariantCulture);
    }

    /// <summary>Cuts a long name, to be shown whole in a title.</summary>
    public static string Short(string name, int length) => name.Length <= length ? name : name[..(length - 1)] + "…";

    private static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static object? Clean(object? content) => content is string text ? Clean(text) : content;

    // Characters that XML cannot hold, also escaped, and halves of characters.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            clean.Append((rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune).ToString());
        return clean.ToString();
    }
}
