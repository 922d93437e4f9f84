namespace Fuse.MLNet;

public sealed partial class FuseTrainer
{
    /// <summary>Holds the options of <c>Trainers.FuseNeuralNetwork</c>, a network for tabular columns: the columns, the network, and the training.</summary>
    /// <remarks>
    /// The defaults train on all rows, <c>MaxEpochs</c> = 100 passes by AdamW, whose rate rises over the first tenth of the run and falls to 0 along a cosine. To stop early instead, set rows
    /// aside: <c>ValidationFraction = 0.1, Callbacks = { new EarlyStopping(new("validation.losses.total_loss"), patience: 10) }</c>; the weights of the best epoch are kept.
    /// The learning rate and the weight decay are those of <c>Optimizer = Optimizers.AdamW(lr: 2e-3, weightDecay: 0.02)</c>.
    /// </remarks>
    public sealed class NeuralNetworkOptions : TrainingOptions
    {
        /// <summary>Sets the defaults, where they differ from those of other trainers.</summary>
        public NeuralNetworkOptions()
        {
            MaxEpochs = 100;
            Optimizer = Optimizers.AdamW(lr: 2e-3, weightDecay: 0.02);
            LearningRateScheduler = Schedules.OneCycle(riseFraction: 0.1);
        }

        /// <summary>Gets or sets the label: a key for classes, a Boolean for yes or no, a Single or a vector of them for a regression. Default: <c>Label</c>.</summary>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>Gets or sets the features, a vector of numbers of known size, or null when the other columns are all. Default: <c>Features</c>.</summary>
        /// <remarks>They are standardized by the training rows. NaN is a missing value, and becomes the mean (<see cref="MissingIndicators"/>).</remarks>
        public string? FeatureColumnName { get; set; } = "Features";

        /// <summary>Gets columns of numbers, scalars or vectors, beside the features, treated as they are. Default: none.</summary>
        public IList<string> NumericColumnNames { get; private set; } = [];

        /// <summary>Gets key columns, such as <c>MapValueToKey</c> makes, whose values are embedded; a missing key has an embedding of its own. Default: none.</summary>
        public IList<string> CategoricalColumnNames { get; private set; } = [];

        /// <summary>Gets or sets whether the network is told which numbers are missing, by a flag for each. Default: true.</summary>
        public bool MissingIndicators { get; set; } = true;

        /// <summary>Gets or sets the widths of the hidden layers; where one is as wide as the one before, it is residual. Default: three of 128.</summary>
        public ValueList<long> HiddenSizes { get; set; } = new ModelTabular().HiddenSizes;

        /// <summary>Gets or sets the probability with which values behind each hidden layer are dropped in training. Default: 0.1.</summary>
        public double DropoutRate { get; set; } = new ModelTabular().DropoutRate;

        internal override void Validate()
        {
            base.Validate();
            Require(!string.IsNullOrEmpty(LabelColumnName), nameof(LabelColumnName), LabelColumnName, "a column name");
            Require(FeatureColumnName is null or { Length: > 0 }, nameof(FeatureColumnName), FeatureColumnName, "a column name, or null");
            Require(HiddenSizes is not null && HiddenSizes.All(size => size > 0), nameof(HiddenSizes), HiddenSizes, "positive sizes");
            Require(DropoutRate is >= 0 and < 1, nameof(DropoutRate), DropoutRate, "at least 0 and below 1");
            string[] names = [.. FeatureColumnName is { } features ? [features] : Array.Empty<string>(), .. NumericColumnNames, .. CategoricalColumnNames];
            if (names.Length == 0)
                throw new ArgumentException($"There is nothing to learn from: set {nameof(FeatureColumnName)}, or add to {nameof(NumericColumnNames)} or {nameof(CategoricalColumnNames)}.");
            if (names.Contains(null) || names.Contains(""))
                throw new ArgumentException($"{nameof(NumericColumnNames)} and {nameof(CategoricalColumnNames)} take column names; one is null or empty.");
            if (names.Append(LabelColumnName).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
                throw new ArgumentException($"The column '{twice}' is named twice among label, features, {nameof(NumericColumnNames)} and {nameof(CategoricalColumnNames)}.");
        }

        internal override TrainerOptions Clone()
        {
            var copy = (NeuralNetworkOptions)base.Clone();
            copy.NumericColumnNames = [.. NumericColumnNames];
            copy.CategoricalColumnNames = [.. CategoricalColumnNames];
            return copy;
        }
    }
}
