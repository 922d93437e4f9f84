namespace Fuse.MLNet;

public sealed partial class FuseTrainer
{
    /// <summary>Holds everything a supervised run needs: columns bound to batch keys, a model, named losses and outputs.</summary>
    /// <remarks>The arguments of <see cref="LightningModuleDefault"/>, FuseMedML's supervised wrapper.</remarks>
    public sealed class Options : TrainingOptions
    {
        /// <summary>Gets the columns, by the batch key that each gets, such as <c>["data.image"] = new("Pixels", [1, 28, 28])</c>.</summary>
        /// <remarks>Columns that only losses read, such as labels, need not be there when rows are scored.</remarks>
        public IDictionary<string, TensorColumn> Columns { get; private set; } = new OrderedDictionary<string, TensorColumn>();

        /// <summary>Gets or sets the model.</summary>
        public FuseModel? Model { get; set; }

        /// <summary>
        /// Gets or sets a module class of your own, <c>LightningModule.Of&lt;MyModule&gt;(arguments)</c>. It stands in for Model, losses and metrics, which it
        /// has itself; one derived from <see cref="LightningModuleDefault"/> is made of them. Default: null, <see cref="LightningModuleDefault"/>.
        /// </summary>
        public LightningModuleSpec? Module { get; set; }

        /// <summary>Gets the losses by name; their weighted sum is minimized.</summary>
        public IDictionary<string, LossBase> Losses { get; private set; } = new OrderedDictionary<string, LossBase>();

        /// <summary>Gets the losses that are measured on validation and test rows. Default: none, <see cref="Losses"/>.</summary>
        public IDictionary<string, LossBase> ValidationLosses { get; private set; } = new OrderedDictionary<string, LossBase>();

        /// <summary>Gets metrics of the training batches, each as it was when it was trained on, logged as <c>train.metrics.&lt;name&gt;</c>.</summary>
        public IDictionary<string, MetricBase> TrainMetrics { get; private set; } = new OrderedDictionary<string, MetricBase>();

        /// <summary>Gets metrics of the validation rows, logged as <c>validation.metrics.&lt;name&gt;</c>.</summary>
        public IDictionary<string, MetricBase> ValidationMetrics { get; private set; } = new OrderedDictionary<string, MetricBase>();

        /// <summary>Gets metrics of <c>mlContext.Fuse().Evaluate</c>, given as <c>test.metrics.&lt;name&gt;</c>. Default: none, <see cref="ValidationMetrics"/>.</summary>
        public IDictionary<string, MetricBase> TestMetrics { get; private set; } = new OrderedDictionary<string, MetricBase>();

        /// <summary>Gets the columns that scoring adds, by name.</summary>
        public IDictionary<string, OutputColumn> Outputs { get; private set; } = new OrderedDictionary<string, OutputColumn>();

        internal override void Validate()
        {
            base.Validate();
            bool isOwn = Module is { IsSupervised: false };
            if (!isOwn && Model is null)
                throw new ArgumentException($"{nameof(Options)}.{nameof(Model)} is not set: give the model to train, such as new ModelWrapSeqToDict {{ ... }}.");
            Require(Columns.Count > 0, nameof(Columns), Columns.Count, "filled with at least one column");
            if (!isOwn)
                Require(Losses.Count > 0, nameof(Losses), Losses.Count, "filled with at least one loss");
            else if (Model is not null || Losses.Count + ValidationLosses.Count + TrainMetrics.Count + ValidationMetrics.Count + TestMetrics.Count > 0)
                throw new ArgumentException($"{nameof(Options)}.{nameof(Module)} is {Module!.TypeName}, which has its own networks, losses and metrics: leave {nameof(Model)}, losses and metrics " +
                    $"out, or derive the class from {nameof(LightningModuleDefault)}, which is made of them.");
            foreach (string key in Columns.Keys)
                BatchDict.CheckKey(key);
            foreach (string name in Losses.Keys.Concat(ValidationLosses.Keys))
                LossModuleDict.CheckName(name);
            foreach (string name in TrainMetrics.Keys.Concat(ValidationMetrics.Keys).Concat(TestMetrics.Keys))
                if (string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal))
                    throw new ArgumentException($"'{name}' cannot name a metric: it is empty or has a dot.");
            if (Columns.Keys.FirstOrDefault(key => Columns.Keys.Any(other => other.StartsWith(key + ".", StringComparison.Ordinal))) is { } branch)
                throw new ArgumentException($"The batch key '{branch}' of {nameof(Columns)} is also a branch of another key; a key names a value or a branch.");
        }

        internal override TrainerOptions Clone()
        {
            var copy = (Options)base.Clone();
            copy.Columns = new OrderedDictionary<string, TensorColumn>(Columns);
            copy.Losses = new OrderedDictionary<string, LossBase>(Losses);
            copy.ValidationLosses = new OrderedDictionary<string, LossBase>(ValidationLosses);
            copy.TrainMetrics = new OrderedDictionary<string, MetricBase>(TrainMetrics);
            copy.ValidationMetrics = new OrderedDictionary<string, MetricBase>(ValidationMetrics);
            copy.TestMetrics = new OrderedDictionary<string, MetricBase>(TestMetrics);
            copy.Outputs = new OrderedDictionary<string, OutputColumn>(Outputs);
            return copy;
        }

        /// <summary>Gets what the ready-made module is made of, or null for one that is not.</summary>
        internal LightningModuleDefaultArguments? Arguments() => Model is null ? null : new()
        {
            Model = Model,
            Losses = [.. Losses],
            ValidationLosses = [.. ValidationLosses],
            TrainMetrics = [.. TrainMetrics],
            ValidationMetrics = [.. ValidationMetrics],
            TestMetrics = [.. TestMetrics],
        };
    }
}
