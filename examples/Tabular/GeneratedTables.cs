using Microsoft.ML;

namespace Fuse.MLNet.Examples.Tabular;

/// <summary>Draws tables like those that ML.NET's tests use, by formula, and one with a category.</summary>
internal static class GeneratedTables
{
    private const int Seed = 1;

    // Mean and standard deviation of the four measures of the three kinds of iris, as Fisher's table has them.
    private static readonly (float Mean, float Deviation)[][] Kinds =
    [
        [(5.0f, 0.35f), (3.4f, 0.38f), (1.5f, 0.17f), (0.25f, 0.11f)],
        [(5.9f, 0.52f), (2.8f, 0.31f), (4.3f, 0.47f), (1.3f, 0.20f)],
        [(6.6f, 0.64f), (3.0f, 0.32f), (5.6f, 0.55f), (2.0f, 0.27f)],
    ];

    /// <summary>Draws the tables.</summary>
    public static IEnumerable<Table> Draw(MLContext ml) =>
    [
        new("cells", TableTask.Binary, View(ml, 700, stream: 0, Cell)),
        new("flowers", TableTask.Multiclass, View(ml, 150, stream: 1, Flower)),
        new("houses", TableTask.Regression, View(ml, 506, stream: 2, House)),
        new("rents", TableTask.Regression, View(ml, 1500, stream: 3, Rent), HasCategory: true),
    ];

    private static IDataView View(MLContext ml, int count, int stream, Func<SeededRandom, int, TableRow> draw)
    {
        TableRow[] rows = [.. Enumerable.Range(0, count).Select(index => draw(new SeededRandom(Seed, stream, index), index))];
        return ml.Data.LoadFromEnumerable(rows, TableRow.Schema(rows[0].Features.Length));
    }

    /// <summary>Is nine grades from 1 to 10, of which one is missing now and then; those of a sick cell are higher, and two of three count.</summary>
    private static TableRow Cell(SeededRandom random, int index)
    {
        bool isSick = random.Chance(0.35f);
        float severity = isSick ? 5.5f + (1.8f * random.Gaussian()) : 1.2f + (0.9f * random.Gaussian());
        float[] grades = [.. Enumerable.Range(0, 9).Select(i => Math.Clamp(MathF.Round(1 + ((i % 3 == 2 ? 0.3f : 0.8f) * severity) + (1.5f * random.Gaussian())), 1, 10))];
        if (random.Chance(0.03f))
            grades[5] = float.NaN;
        return new() { Label = isSick ? 1 : 0, Features = grades };
    }

    /// <summary>Is four measures of a flower, which grow together.</summary>
    private static TableRow Flower(SeededRandom random, int index)
    {
        float size = random.Gaussian();
        return new() { Label = index % 3, Features = [.. Kinds[index % 3].Select(measure => MathF.Round(measure.Mean + (measure.Deviation * ((0.7f * size) + (0.7f * random.Gaussian()))), 1))] };
    }

    /// <summary>Is thirteen numbers of a district, of which some bend the price and two only look as if.</summary>
    private static TableRow House(SeededRandom random, int index)
    {
        float wealth = random.Gaussian();
        float rooms = 6.3f + (0.5f * wealth) + (0.45f * random.Gaussian());
        float poor = MathF.Exp(2.3f - (0.45f * wealth) + (0.3f * random.Gaussian()));
        float crime = MathF.Exp(-1 - (0.8f * wealth) + (1.5f * random.Gaussian()));
        float distance = random.Range(1, 9);
        float air = 0.75f - (0.04f * distance) + (0.03f * random.Gaussian());
        float age = Math.Clamp(95 - (7 * distance) + (20 * random.Gaussian()), 3, 100);
        float tax = 250 + (30 * MathF.Round(random.Range(0, 15)));
        float river = random.Chance(0.07f) ? 1 : 0;
        float price = 20 + (7 * MathF.Max(rooms - 6.2f, -0.3f)) - (7 * MathF.Log(poor / 10)) + (3.5f * river) - (0.01f * (tax - 400)) - (25 * (air - 0.55f))
            - MathF.Min(crime, 5) + (2.2f * random.Gaussian());
        float[] features = [crime, random.Chance(0.7f) ? 0 : random.Range(10, 100), 11 - distance + (2 * random.Gaussian()), river, air, rooms, age, distance,
            MathF.Round(random.Range(1, 24)), tax, 18.5f - wealth + random.Gaussian(), random.Range(300, 397), poor];
        return new() { Label = Math.Clamp(price, 5, 50), Features = features };
    }

    /// <summary>Is a flat: what a square metre costs depends on the quarter, of which there are forty.</summary>
    private static TableRow Rent(SeededRandom random, int index)
    {
        int quarter = random.Below(40);
        float perMetre = new SeededRandom(Seed, 4, quarter).Range(8, 18);
        float metres = random.Range(25, 140);
        float year = random.Range(1900, 2025);
        int floor = random.Below(7);
        float rent = (metres * perMetre * (year > 1990 ? 1.15f : 1)) + (15 * floor) + (60 * random.Gaussian());
        return new() { Label = rent, Features = [metres, year, floor], Category = $"quarter {quarter}" };
    }
}
