using Fuse.MLNet.Examples.Text;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class ReviewWriterTests
{
    private static readonly string[] Denials = ["not", "nobody", "never"];
    private static readonly string[] Good = ["good", "great", "lovely", "pleasant", "excellent", "perfect"];

    [TestMethod]
    public void ReviewsGoByTheSeedAndDiffer()
    {
        Review[] reviews = ReviewWriter.Write(400, seed: 1);
        CollectionAssert.AreEqual(reviews.Select(review => review.Text).ToArray(), ReviewWriter.Write(500, seed: 1)[..400].Select(review => review.Text).ToArray());
        CollectionAssert.AreNotEqual(reviews.Select(review => review.Text).ToArray(), ReviewWriter.Write(400, seed: 2).Select(review => review.Text).ToArray());
        Assert.HasCount(400, reviews.Select(review => review.Text).Distinct().ToArray());
        Assert.HasCount(200, reviews.Where(review => review.Sentiment == "positive").ToArray());
    }

    [TestMethod]
    public void TheVerdictIsThatOfTheMainClause()
    {
        foreach (Review review in ReviewWriter.Write(1000, seed: 3))
        {
            string[] clauses = [.. review.Text.Split(" . ")[^1].Split(" , ").Where(clause => clause.Split(' ').Any(IsOpinion))];
            string main = clauses.Length == 1 ? clauses[0]
                : clauses[0].StartsWith("although", StringComparison.Ordinal) || clauses[1].StartsWith("but", StringComparison.Ordinal)
                    ? clauses[1] : clauses[0];
            string[] words = main.Split(' ');
            bool isPositive = words.Any(Good.Contains) != words.Any(Denials.Contains);
            Assert.AreEqual(isPositive ? "positive" : "negative", review.Sentiment, review.Text);
        }
    }

    [TestMethod]
    public void NoWordTellsMuchOfTheVerdict()
    {
        Review[] reviews = ReviewWriter.Write(4000, seed: 4);
        foreach (IGrouping<string, (string Word, bool IsPositive)> word in reviews.SelectMany(review => review.Text.Split(' ').Distinct().Select(word => (Word: word, IsPositive: review.Sentiment == "positive")))
            .GroupBy(pair => pair.Word))
        {
            // Guessing by the best word is right in two of three; five deviations of a share beyond it.
            int count = word.Count();
            Assert.AreEqual(0.5, word.Count(pair => pair.IsPositive) / (double)count, 0.17 + (2.5 / Math.Sqrt(count)), word.Key);
        }
    }

    // Every opinion has a word of praise or blame, and nothing else has.
    private static bool IsOpinion(string word) => Good.Contains(word) || word is "bad" or "awful" or "horrible" or "poor" or "dreadful" or "terrible";
}
