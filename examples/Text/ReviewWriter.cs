namespace Fuse.MLNet.Examples.Text;

/// <summary>
/// Writes reviews by a grammar in which no word tells the verdict: praise may be denied, blame may be denied, and of two opinions the one in the main clause counts, which may come first or last.
/// </summary>
internal sealed class ReviewWriter(SeededRandom random)
{
    private const float Denied = 0.25f;
    private const float Agreeing = 0.3f;
    private static readonly string[] s_things =
    [
        "food", "service", "room", "staff", "view", "music", "bed", "breakfast", "pool", "garden", "coffee", "terrace",
    ];

    private static readonly string[] s_good = ["good", "great", "lovely", "pleasant", "excellent", "perfect"];
    private static readonly string[] s_bad = ["bad", "awful", "horrible", "poor", "dreadful", "terrible"];
    private static readonly string[] s_degrees = ["", "", "really ", "very ", "quite ", "truly "];
    private static readonly string[] s_openings = ["", "", "we came on a {0} . ", "it was our {1} visit . ", "i booked for {2} nights . ", "a friend told us about it . "];
    private static readonly string[] s_closings = ["", "", " .", " , {2} of us agreed ."];
    private static readonly string[] s_days = ["monday", "tuesday", "friday", "sunday"];
    private static readonly string[] s_orders = ["first", "second", "third", "last"];
    private static readonly string[] s_numbers = ["two", "three", "four", "five"];

    /// <summary>Writes different reviews, each verdict as often as the other.</summary>
    /// <param name="count">The number of reviews.</param>
    /// <param name="seed">The seed of every random choice.</param>
    public static Review[] Write(int count, int seed)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var reviews = new List<Review>(count);
        for (int i = 0; reviews.Count < count; i++)
        {
            bool isPositive = reviews.Count % 2 == 0;
            string text = new ReviewWriter(new SeededRandom(seed, stream: 400, index: i)).Text(isPositive);
            if (texts.Add(text))
                reviews.Add(new() { Text = text, Sentiment = isPositive ? "positive" : "negative" });
        }
        return [.. reviews];
    }

    private string Text(bool isPositive)
    {
        string thing = Pick(s_things), other = Pick([.. s_things.Where(each => each != thing)]);
        string main = Opinion(isPositive, thing), aside = Opinion(random.Chance(Agreeing) == isPositive, other);
        string verdict = random.Below(6) switch
        {
            0 or 1 => main,
            2 => $"although {aside} , {main}",
            3 => $"{main} , although {aside}",
            4 => $"{aside} , but {main}",
            _ => $"{main} , even if {aside}",
        };
        return Filled(Pick(s_openings)) + verdict + Filled(Pick(s_closings));
    }

    /// <summary>Writes a clause. Some deny the opposite: what nobody found bad was good.</summary>
    private string Opinion(bool isPositive, string thing)
    {
        bool denies = random.Chance(Denied);
        string word = Pick(isPositive != denies ? s_good : s_bad), degree = Pick(s_degrees);
        return (denies, random.Below(3)) switch
        {
            (false, 0) => $"the {thing} was {degree}{word}",
            (false, 1) => $"everyone found the {thing} {degree}{word}",
            (false, _) => $"i would call the {thing} {degree}{word}",
            (true, 0) => $"the {thing} was not {degree}{word}",
            (true, 1) => $"nobody found the {thing} {degree}{word}",
            (true, _) => $"i would never call the {thing} {degree}{word}",
        };
    }

    private string Filled(string pattern) => string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, Pick(s_days), Pick(s_orders), Pick(s_numbers));

    private string Pick(string[] items) => items[random.Below(items.Length)];
}
