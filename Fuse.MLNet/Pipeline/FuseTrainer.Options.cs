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

        /// <summary>Gets the losses by name; their weighted sum is minimized.</summary>
        public IDictionary<string, LossBase> Losses { get; private set; } = new OrderedDictionary<string, LossBase>();

        /// <summary>Gets the columns that scoring adds, by name.</summary>
        public IDictionary<string, OutputColumn> Outputs { get; private set; } = new OrderedDictionary<string, OutputColumn>();

        internal override void Validate()
        {
            base.Validate();
            if (Model is null)
                throw new ArgumentException($"{nameof(Options)}.{nameof(Model)} is not set: give the model to train, such as new ModelWrapSeqToDict {{ ... }}.");
            Require(Columns.Count > 0, nameof(Columns), Columns.Count, "filled with at least one column");
            Require(Losses.Count > 0, nameof(Losses), Losses.Count, "filled with at least one loss");
            foreach (string key in Columns.Keys)
                BatchDict.CheckKey(key);
            foreach (string name in Losses.Keys)
                if (string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal) || $"losses.{name}" == BatchKeys.TotalLoss)
                    throw new ArgumentException($"'{name}' cannot name a loss: it is empty, has a dot, or is the name of the total.");
            if (Columns.Keys.FirstOrDefault(key => Columns.Keys.Any(other => other.StartsWith(key + ".", StringComparison.Ordinal))) is { } branch)
                throw new ArgumentException($"The batch key '{branch}' of {nameof(Columns)} is also a branch of another key; a key names a value or a branch.");
        }

        internal override TrainerOptions Clone()
        {
            var copy = (Options)base.Clone();
            copy.Columns = new OrderedDictionary<string, TensorColumn>(Columns);
            copy.Losses = new OrderedDictionary<string, LossBase>(Losses);
            copy.Outputs = new OrderedDictionary<string, OutputColumn>(Outputs);
            return copy;
        }
    }
}
