using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Is an estimator with rows that it takes, and with what it needs of them.</summary>
/// <param name="Estimator">The estimator.</param>
/// <param name="Rows">Rows that it can be fitted on.</param>
/// <param name="Inputs">The columns that fitting and transforming need.</param>
/// <param name="Labels">The columns that only fitting needs.</param>
/// <param name="Added">The columns that its transformer adds.</param>
internal sealed record EstimatorCase(IEstimator<ITransformer> Estimator, IDataView Rows, string[] Inputs, string[] Labels, string[] Added);
