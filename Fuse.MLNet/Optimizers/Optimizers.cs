namespace Fuse.MLNet;

/// <summary>Makes descriptions of optimizers.</summary>
public static class Optimizers
{
    /// <summary>Describes Adam (Kingma and Ba 2015); <c>torch.optim.Adam</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay of the gradient's running mean.</param>
    /// <param name="beta2">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="amsgrad">Whether to use the AMSGrad variant (Reddi et al. 2018).</param>
    public static OptimizerSpec Adam(double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool amsgrad = false) =>
        new AdamSpec(CheckRate(lr), beta1, beta2, eps, weightDecay, amsgrad);

    /// <summary>Describes Adam with decoupled weight decay (Loshchilov and Hutter 2019); <c>torch.optim.AdamW</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay of the gradient's running mean.</param>
    /// <param name="beta2">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The rate at which weights decay.</param>
    /// <param name="amsgrad">Whether to use the AMSGrad variant.</param>
    public static OptimizerSpec AdamW(double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2, bool amsgrad = false) =>
        new AdamWSpec(CheckRate(lr), beta1, beta2, eps, weightDecay, amsgrad);

    /// <summary>Describes stochastic gradient descent; <c>torch.optim.SGD</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="momentum">The momentum's factor.</param>
    /// <param name="dampening">The dampening of the momentum.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="nesterov">Whether to use Nesterov momentum.</param>
    public static OptimizerSpec SGD(double lr, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false) =>
        new SgdSpec(CheckRate(lr), momentum, dampening, weightDecay, nesterov);

    /// <summary>Describes RMSProp (Tieleman and Hinton 2012); <c>torch.optim.RMSProp</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="alpha">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="momentum">The momentum's factor.</param>
    /// <param name="centered">Whether the gradient is normalized by its variance.</param>
    public static OptimizerSpec RMSProp(double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false) =>
        new RmsPropSpec(CheckRate(lr), alpha, eps, weightDecay, momentum, centered);

    /// <summary>Describes Adagrad (Duchi et al. 2011); <c>torch.optim.Adagrad</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="lrDecay">The decay of the learning rate.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    /// <param name="eps">The term added to the denominator.</param>
    public static OptimizerSpec Adagrad(double lr = 1e-2, double lrDecay = 0, double weightDecay = 0, double eps = 1e-10) =>
        new AdagradSpec(CheckRate(lr), lrDecay, weightDecay, 0, eps);

    /// <summary>Describes NAdam, Adam with Nesterov momentum (Dozat 2016); <c>torch.optim.NAdam</c>.</summary>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay of the gradient's running mean.</param>
    /// <param name="beta2">The decay of the squared gradient's running mean.</param>
    /// <param name="eps">The term added to the denominator.</param>
    /// <param name="weightDecay">The factor of the L2 penalty.</param>
    public static OptimizerSpec NAdam(double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0) =>
        new NAdamSpec(CheckRate(lr), beta1, beta2, eps, weightDecay, 4e-3);

    private static double CheckRate(double lr) => lr >= 0 && double.IsFinite(lr) ? lr
        : throw new ArgumentOutOfRangeException(nameof(lr), lr, "A learning rate must be a finite number that is not negative.");
}
