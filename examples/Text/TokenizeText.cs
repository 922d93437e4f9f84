using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;
using Microsoft.ML.Transforms;

namespace Fuse.MLNet.Examples.Text;

/// <summary>Is the step that makes token ids of a text, as ML.NET finds it again when a model is loaded.</summary>
/// <remarks>
/// A model file keeps the name of the step and nothing that it knows. So a program that loads one opens the vocabulary first, and registers this class:
/// <c>ml.ComponentCatalog.RegisterAssembly(typeof(TokenizeText).Assembly)</c>.
/// </remarks>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class TokenizeText : CustomMappingFactory<Review, TokenizedReview>
{
    /// <summary>The name in model files.</summary>
    public const string Contract = "Fuse.MLNet.Examples.Text.Tokenize";

    private static readonly string[] s_special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    private static BertTokenizer? s_tokenizer;

    /// <summary>Makes the vocabulary of texts: words that are there often, and letters for the others.</summary>
    /// <param name="path">The file to write: a token a line, the id 0 for padding.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="fewest">How often a word must be there.</param>
    /// <returns>The number of tokens.</returns>
    public static int WriteVocabulary(string path, IEnumerable<string> texts, int fewest)
    {
        Dictionary<string, int> words = texts.SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).CountBy(word => word).ToDictionary();
        char[] letters = [.. "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"];
        string[] tokens =
        [
            .. s_special, .. letters.Select(letter => letter.ToString()), .. letters.Where(char.IsAsciiLetterOrDigit).Select(letter => $"##{letter}"),
            .. words.Where(word => word.Value >= fewest && word.Key.Length > 1).Select(word => word.Key).Order(StringComparer.Ordinal),
        ];
        string temporary = $"{path}.tmp";
        File.WriteAllLines(temporary, tokens, new UTF8Encoding(false));
        File.Move(temporary, path, overwrite: true);
        return tokens.Length;
    }

    /// <summary>Opens the vocabulary that the step works by.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static void Open(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException(string.Create(CultureInfo.InvariantCulture, $"{path}: expected the tokenizer's vocabulary beside the model, found no such file."));
        s_tokenizer = BertTokenizer.Create(path);
    }

    /// <summary>Makes the ids of a review's tokens: the start, its own, the end.</summary>
    public static void Map(Review review, TokenizedReview tokenized)
    {
        ArgumentNullException.ThrowIfNull(review);
        ArgumentNullException.ThrowIfNull(tokenized);
        tokenized.Tokens = [.. (s_tokenizer ?? throw new InvalidOperationException("The vocabulary was not opened.")).EncodeToIds(review.Text)];
    }

    /// <inheritdoc/>
    public override Action<Review, TokenizedReview> GetMapping() => Map;
}
