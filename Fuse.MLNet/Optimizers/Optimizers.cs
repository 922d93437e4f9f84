namespace Fuse.MLNet;

/// <summary>Makes descriptions of optimizers.</summary>
/// <remarks>
/// A learning rate may be 0. Numbers out of range throw <see cref="ArgumentOutOfRangeException"/> at once. Adam, AdamW, SGD, Adagrad, RMSProp,
/// RAdam and Rprop step all Float32 and Float64 parameters in a few calls of libtorch; see <see cref="OptimizerSpec.Implementation"/>.
/// </remarks>
public static class Optimizers
{
    /// <summary>Describes Adadelta (Zeiler 2012); <c>torch.optim.Adadelta</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="rho">The decay of the running means of squared gradients and steps.</param>
    /// <param name="eps">The term added to both before their roots are taken.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    public static OptimizerSpec Adadelta(double lr = 1, double rho = 0.9, double eps = 1e-6, double weightDecay = 0) =>
        new AdadeltaSpec(Rate(lr), Decay(rho, nameof(rho)), Size(eps, nameof(eps)), Size(weightDecay, nameof(weightDecay)));

    /// <summary>Describes Adagrad (Duchi et al. 2011); <c>torch.optim.Adagrad</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="lrDecay">The decay of the learning rate: the rate of step t is lr / (1 + (t - 1) lrDecay).</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="initialAccumulator">The value that the sums of squared gradients start with.</param>
    public static OptimizerSpec Adagrad(double lr = 1e-2, double lrDecay = 0, double weightDecay = 0, double eps = 1e-10, double initialAccumulator = 0) =>
        new AdagradSpec(Rate(lr), Size(lrDecay, nameof(lrDecay)), Size(weightDecay, nameof(weightDecay)), Size(initialAccumulator, nameof(initialAccumulator)), Size(eps, nameof(eps)));

    /// <summary>Describes Adam (Kingma and Ba 2015); <c>torch.optim.Adam</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay of the gradient's running mean.</param>
    /// <param name="beta2">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="amsgrad">Whether to use the AMSGrad variant (Reddi et al. 2018).</param>
    public static OptimizerSpec Adam(double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool amsgrad = false) =>
        new AdamSpec(Rate(lr), Decay(beta1, nameof(beta1)), Decay(beta2, nameof(beta2)), Size(eps, nameof(eps)), Size(weightDecay, nameof(weightDecay)), amsgrad);

    /// <summary>Describes Adamax, Adam by the infinity norm (Kingma and Ba 2015); <c>torch.optim.Adamax</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay of the gradient's running mean.</param>
    /// <param name="beta2">The decay of the gradient's running maximum.</param>
    /// <param name="eps">The term added to the gradient's size.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    public static OptimizerSpec Adamax(double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0) =>
        new AdamaxSpec(Rate(lr), Decay(beta1, nameof(beta1)), Decay(beta2, nameof(beta2)), Size(eps, nameof(eps)), Size(weightDecay, nameof(weightDecay)));

    /// <summary>Describes Adam with decoupled weight decay (Loshchilov and Hutter 2019); <c>torch.optim.AdamW</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay of the gradient's running mean.</param>
    /// <param name="beta2">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The rate at which weights decay. Default: PyTorch's 0.01, where TorchSharp has 0.</param>
    /// <param name="amsgrad">Whether to use the AMSGrad variant.</param>
    public static OptimizerSpec AdamW(double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2, bool amsgrad = false) =>
        new AdamWSpec(Rate(lr), Decay(beta1, nameof(beta1)), Decay(beta2, nameof(beta2)), Size(eps, nameof(eps)), Size(weightDecay, nameof(weightDecay)), amsgrad);

    /// <summary>Describes averaged stochastic gradient descent (Polyak and Juditsky 1992); <c>torch.optim.ASGD</c>.</summary>
    /// <remarks>The averages are kept beside the weights, which are the ones that are trained and scored.</remarks>
    /// <param name="lr">The learning rate.</param>
    /// <param name="lambda">The decay of the weights and of the step size.</param>
    /// <param name="alpha">The power of the step size's decay.</param>
    /// <param name="t0">The step at which averaging starts.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    public static OptimizerSpec ASGD(double lr = 1e-3, double lambda = 1e-4, double alpha = 0.75, double t0 = 1e6, double weightDecay = 0) =>
        new AsgdSpec(Rate(lr), Size(lambda, nameof(lambda)), Size(alpha, nameof(alpha)), Size(t0, nameof(t0)), Size(weightDecay, nameof(weightDecay)));

    /// <summary>Describes L-BFGS with steps of fixed length (Liu and Nocedal 1989); <c>torch.optim.LBFGS</c>.</summary>
    /// <remarks>
    /// Each step runs the batch up to <paramref name="maxEvaluations"/> times, so it suits small data in one batch. All parameters are stepped as one
    /// vector: <see cref="OptimizerSpec.Groups"/> are refused.
    /// </remarks>
    /// <param name="lr">The length of a step, in directions.</param>
    /// <param name="maxIterations">The largest number of directions that are followed in a step.</param>
    /// <param name="maxEvaluations">The largest number of times that the loss is computed in a step. Default: 5/4 of <paramref name="maxIterations"/>.</param>
    /// <param name="gradientTolerance">The gradient's largest element at which a step ends.</param>
    /// <param name="changeTolerance">The change of the loss or the weights at which a step ends.</param>
    /// <param name="historySize">The number of directions to remember.</param>
    public static OptimizerSpec LBFGS(double lr = 1e-2, int maxIterations = 20, int? maxEvaluations = null, double gradientTolerance = 1e-5,
        double changeTolerance = 1e-9, int historySize = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxIterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvaluations ?? 1, 1, nameof(maxEvaluations));
        ArgumentOutOfRangeException.ThrowIfLessThan(historySize, 1);
        return new LbfgsSpec(Rate(lr), maxIterations, maxEvaluations ?? 5 * maxIterations / 4, Size(gradientTolerance, nameof(gradientTolerance)),
            Size(changeTolerance, nameof(changeTolerance)), historySize);
    }

    /// <summary>Describes NAdam, Adam with Nesterov momentum (Dozat 2016); <c>torch.optim.NAdam</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay of the gradient's running mean.</param>
    /// <param name="beta2">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="momentumDecay">The decay of the momentum.</param>
    public static OptimizerSpec NAdam(double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, double momentumDecay = 4e-3) =>
        new NAdamSpec(Rate(lr), Decay(beta1, nameof(beta1)), Decay(beta2, nameof(beta2)), Size(eps, nameof(eps)), Size(weightDecay, nameof(weightDecay)), Size(momentumDecay, nameof(momentumDecay)));

    /// <summary>Describes RAdam, Adam with a rectified warm-up (Liu et al. 2020); <c>torch.optim.RAdam</c>.</summary>
    /// <remarks>Computed by PyTorch's formula. TorchSharp 0.107 multiplies by the learning rate twice: so does <see cref="OptimizerImplementation.TorchSharp"/>.</remarks>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay of the gradient's running mean.</param>
    /// <param name="beta2">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    public static OptimizerSpec RAdam(double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0) =>
        new RAdamSpec(Rate(lr), Decay(beta1, nameof(beta1)), Decay(beta2, nameof(beta2)), Size(eps, nameof(eps)), Size(weightDecay, nameof(weightDecay)));

    /// <summary>Describes RMSProp (Tieleman and Hinton 2012); <c>torch.optim.RMSProp</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="alpha">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="momentum">The momentum's factor.</param>
    /// <param name="centered">Whether the gradient is normalized by its variance.</param>
    public static OptimizerSpec RMSProp(double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false) =>
        new RmsPropSpec(Rate(lr), Decay(alpha, nameof(alpha)), Size(eps, nameof(eps)), Size(weightDecay, nameof(weightDecay)), Size(momentum, nameof(momentum)), centered);

    /// <summary>Describes resilient backpropagation (Riedmiller and Braun 1993); <c>torch.optim.Rprop</c>. It suits training on all rows in one batch.</summary>
    /// <remarks>Computed by PyTorch's formula. TorchSharp 0.107's own fails at its first step, so <see cref="OptimizerImplementation.TorchSharp"/> is refused.</remarks>
    /// <param name="lr">The first step's size; schedules do not change the later ones.</param>
    /// <param name="etaMinus">The factor of a step's size after the gradient changed its sign.</param>
    /// <param name="etaPlus">The factor of a step's size after it did not.</param>
    /// <param name="minStep">The smallest step.</param>
    /// <param name="maxStep">The largest step.</param>
    public static OptimizerSpec Rprop(double lr = 1e-2, double etaMinus = 0.5, double etaPlus = 1.2, double minStep = 1e-6, double maxStep = 50)
    {
        if (minStep > maxStep)
            throw new ArgumentException($"{nameof(minStep)} is {minStep}, above {nameof(maxStep)}, {maxStep}.", nameof(minStep));
        return new RpropSpec(Rate(lr), Decay(etaMinus, nameof(etaMinus)), Size(etaPlus, nameof(etaPlus)), Size(minStep, nameof(minStep)), Size(maxStep, nameof(maxStep)));
    }

    /// <summary>Describes sharpness-aware minimization (Foret et al. 2021): steps along the gradient at the worst point near the weights.</summary>
    /// <remarks>Each step runs the batch twice. One norm is taken over all parameters. Groups belong to <paramref name="base"/>.</remarks>
    /// <param name="base">The optimizer that takes the steps, such as <c>SGD(0.1, momentum: 0.9)</c>.</param>
    /// <param name="rho">The distance of the worst point: above 0. With <paramref name="adaptive"/> ten times the default is usual.</param>
    /// <param name="adaptive">Whether distances are relative to each weight's size (ASAM, Kwon et al. 2021).</param>
    /// <exception cref="ArgumentException"><paramref name="base"/> runs the batch again itself: SAM or LBFGS.</exception>
    public static OptimizerSpec SAM(OptimizerSpec @base, double rho = 0.05, bool adaptive = false)
    {
        ArgumentNullException.ThrowIfNull(@base);
        if (@base is SamSpec or LbfgsSpec)
            throw new ArgumentException("SAM cannot be made of SAM or LBFGS, which run each batch again themselves.", nameof(@base));
        return new SamSpec(@base, OptimizerNumber.Positive(rho, nameof(rho)), adaptive);
    }

    /// <summary>Describes stochastic gradient descent; <c>torch.optim.SGD</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="momentum">The momentum's factor.</param>
    /// <param name="dampening">The dampening of the momentum.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="nesterov">Whether to use Nesterov momentum, which needs a momentum and no dampening.</param>
    public static OptimizerSpec SGD(double lr, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false)
    {
        if (nesterov && !(momentum > 0 && dampening == 0))
            throw new ArgumentException($"Nesterov momentum needs a {nameof(momentum)} above 0 and a {nameof(dampening)} of 0.", nameof(nesterov));
        return new SgdSpec(Rate(lr), Size(momentum, nameof(momentum)), Size(dampening, nameof(dampening)), Size(weightDecay, nameof(weightDecay)), nesterov);
    }

    private static double Rate(double lr) => lr >= 0 && double.IsFinite(lr) ? lr
        : throw new ArgumentOutOfRangeException(nameof(lr), lr, "A learning rate must be a finite number that is not negative.");

    private static double Size(double value, string name) => OptimizerNumber.NotNegative(value, name);

    private static double Decay(double value, string name) => OptimizerNumber.Decay(value, name);
}
