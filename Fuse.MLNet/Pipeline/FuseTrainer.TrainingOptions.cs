using Microsoft.ML;

namespace Fuse.MLNet;

public sealed partial class FuseTrainer
{
    /// <summary>Holds the options of training and of the columns around it.</summary>
    public class TrainingOptions : TrainerOptions
    {
        /// <summary>Gets or sets the fraction of the training rows set aside for validation, from 0 to below 1. Default: 0, none.</summary>
        /// <remarks>One seeded random row out of every 1/fraction consecutive rows, or whole groups with <see cref="SamplingKeyColumnName"/>.</remarks>
        public double ValidationFraction { get; set; }

        /// <summary>Gets or sets a column whose rows of equal value stay on one side of the split, such as a patient's id.</summary>
        public string? SamplingKeyColumnName { get; set; }

        /// <summary>Gets or sets a Boolean column that is true in validation rows, so that one view can go through a whole pipeline.</summary>
        public string? ValidationColumnName { get; set; }

        /// <summary>
        /// Gets further sets of validation rows by name, each measured after every epoch and logged as <c>validation.&lt;name&gt;.losses.*</c> and
        /// <c>.metrics.*</c>; the views are already through the steps before this one. When there are no other validation rows the first set decides the best epoch.
        /// </summary>
        public IDictionary<string, IDataView> ValidationSets { get; private set; } = new OrderedDictionary<string, IDataView>();

        /// <summary>
        /// Gets or sets a trained model, or a pipeline with one, whose weights the network starts from; its network must be the same. Default: null, newly
        /// initialized weights. The optimizer starts anew; <see cref="TrainerOptions.ResumeFrom"/> goes on with a run instead; with its
        /// <c>last</c> the weights are those of a run that has no checkpoint yet, as are those of <see cref="InitialWeights"/>.
        /// </summary>
        public ITransformer? WarmStart { get; set; }

        /// <summary>
        /// Gets or sets a file, safetensors or PyTorch's, whose weights the network starts from, such as a backbone trained in Python:
        /// <c>new WeightsFile("resnet18.safetensors") { PrefixMap = [new("", "backbone.")], Only = ["backbone."], Skip = ["fc."] }</c>. Default: null.
        /// </summary>
        public WeightsFile? InitialWeights { get; set; }

        /// <summary>
        /// Gets or sets a number column that weighs each row: losses are sum(weight x loss) / sum(weight). Default: none. Weights of one give
        /// the same bits as none.
        /// </summary>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>
        /// Gets or sets a column whose values go into every training and validation batch as <c>data.sample_id</c>, a <c>string[]</c>: text, a number, a
        /// key (by its value), a Boolean or a date. Error messages name the rows by it; scoring does not need it. Default: none.
        /// </summary>
        public string? SampleIdColumnName { get; set; }

        /// <summary>
        /// Gets or sets the number of bytes up to which training and validation rows are kept in memory. Default: null, a quarter of the memory that the
        /// process may use. Rows that take more are streamed: each pass reads them anew, and the memory needed does not depend on their number. 0 always streams.
        /// </summary>
        /// <remarks>
        /// A source that does not say how many rows it has is read into memory until they are too many. Streamed rows are shuffled among
        /// <see cref="ShuffleBufferRows"/>, and must be the same ones in each pass.
        /// </remarks>
        public long? StagingBytes { get; set; }

        /// <summary>
        /// Gets or sets among how many rows those of an epoch are shuffled when they are streamed; 1 keeps the source's order. Default: null, 16,384, or as many as
        /// 256 MB hold, and at least a batch. <see cref="TrainingSeeds.ShuffleSlot"/> says how.
        /// </summary>
        /// <remarks>A source whose rows are sorted, such as by class, needs a buffer larger than its groups, or must be shuffled once before it is written.</remarks>
        public int? ShuffleBufferRows { get; set; }

        /// <summary>
        /// Gets or sets what happens to training and validation rows whose features hold NaN or infinite values: <see cref="MLNet.NonFiniteFeatures.Error"/>, <see cref="MLNet.NonFiniteFeatures.SkipRow"/>,
        /// <see cref="MLNet.NonFiniteFeatures.Replace"/> or <see cref="MLNet.NonFiniteFeatures.Keep"/>. Default: null, an error; <see cref="ModelTabular"/>, which takes NaN for a missing value, keeps them.
        /// </summary>
        public NonFiniteFeatures? NonFiniteFeatures { get; set; }

        /// <summary>Gets or sets how training batches are filled. Default: null, every row once an epoch, in random order. Needs rows that are kept in memory.</summary>
        public BatchSamplerDefault? Sampler { get; set; }

        /// <summary>Gets the transforms of training batches, applied in this order; validation and scoring never see them. Default: none.</summary>
        public IList<BatchTransform> Augment { get; private set; } = [];

        /// <summary>Gets or sets the name of the score column. Default: <c>Score</c>.</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>Gets or sets the name of the column of the probability beside a binary classifier's score. Default: <c>Probability</c>.</summary>
        public string ProbabilityColumnName { get; set; } = "Probability";

        /// <summary>Gets or sets the name of the column of the predicted class, or of yes or no. Default: <c>PredictedLabel</c>.</summary>
        public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

        internal override TrainerOptions Clone()
        {
            var copy = (TrainingOptions)base.Clone();
            copy.ValidationSets = new OrderedDictionary<string, IDataView>(ValidationSets);
            copy.Augment = [.. Augment];
            return copy;
        }

        internal override void Validate()
        {
            base.Validate();
            foreach (string name in ValidationSets.Keys)
                if (string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal) || name is "losses" or "metrics")
                    throw new ArgumentException($"'{name}' cannot name a validation set: it is empty, has a dot, or is a part of every logged name.");
            foreach ((string name, IDataView? view) in ValidationSets)
                if (view is null)
                    throw new ArgumentException($"The validation set '{name}' is null.");
            bool resumes = ResumeFrom is not null && !ResumesIfPresent;
            if (WarmStart is not null && resumes)
                throw new ArgumentException($"{nameof(WarmStart)} and {nameof(ResumeFrom)} both give the weights to start from: set one of them.");
            if (InitialWeights is not null && (WarmStart is not null || resumes))
                throw new ArgumentException($"{nameof(InitialWeights)} and {(WarmStart is null ? nameof(ResumeFrom) : nameof(WarmStart))} both give the weights to start from: set one of them.");
            InitialWeights?.CheckExists();
            Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "at least 0 and below 1");
            Require(StagingBytes is null or >= 0, nameof(StagingBytes), StagingBytes, "at least 0, or null");
            Require(ShuffleBufferRows is null or > 0, nameof(ShuffleBufferRows), ShuffleBufferRows, "at least 1, or null");
            Sampler?.Validate(BatchSize);
            if (Augment.Contains(null!))
                throw new ArgumentException($"{nameof(Augment)} holds null where a transform is expected.");
            Require(!string.IsNullOrEmpty(ScoreColumnName), nameof(ScoreColumnName), ScoreColumnName, "a column name");
            Require(!string.IsNullOrEmpty(PredictedLabelColumnName), nameof(PredictedLabelColumnName), PredictedLabelColumnName, "a column name");
            Require(!string.IsNullOrEmpty(ProbabilityColumnName), nameof(ProbabilityColumnName), ProbabilityColumnName, "a column name");
            CheckDistinct((nameof(ScoreColumnName), ScoreColumnName), (nameof(PredictedLabelColumnName), PredictedLabelColumnName));
            CheckDistinct((nameof(ScoreColumnName), ScoreColumnName), (nameof(ProbabilityColumnName), ProbabilityColumnName));
            CheckDistinct((nameof(ProbabilityColumnName), ProbabilityColumnName), (nameof(PredictedLabelColumnName), PredictedLabelColumnName));
            if (ValidationFraction > 0 && ValidationColumnName is not null)
                throw new ArgumentException($"{nameof(ValidationFraction)} and {nameof(ValidationColumnName)} both choose the validation rows: set one of them.");
            if (SamplingKeyColumnName is not null && ValidationFraction == 0)
                throw new ArgumentException($"{nameof(SamplingKeyColumnName)} has an effect only with {nameof(ValidationFraction)}: set it too.");
        }

        private static void CheckDistinct((string Option, string Column) left, (string Option, string Column) right)
        {
            if (left.Column == right.Column)
                throw new ArgumentException($"{left.Option} and {right.Option} are both '{left.Column}': they name two columns.");
        }
    }
}
