namespace Fuse.MLNet.Tests;

/// <summary>Checks that the losses of <see cref="Loss"/> work on the keys of the simple form.</summary>
[TestClass]
public sealed class LossFactoryTests : LossTest
{
    [TestMethod]
    public void FactoriesReadTheKeysOfTheSimpleForm()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        Tensor classes = randint(0, 3, [4], dtype: ScalarType.Int64);
        Tensor maps = randint(0, 3, [4, 6, 6], dtype: ScalarType.Int64);
        Tensor numbers = randn(4);
        (LossBase Loss, Tensor Pred, Tensor Target, Activation Link)[] table =
        [
            (Loss.CrossEntropy([1, 2, 3], 0.1), randn(4, 3), classes, Activation.Softmax),
            (Loss.BinaryCrossEntropy(2), randn(4, 1), classes.eq(0), Activation.Sigmoid),
            (Loss.MeanSquaredError(), randn(4, 1), numbers, Activation.None),
            (Loss.MeanAbsoluteError(), randn(4), numbers, Activation.None),
            (Loss.Huber(2), randn(4), numbers, Activation.None),
            (Loss.SmoothL1(2), randn(4), numbers, Activation.None),
            (Loss.SegmentationCrossEntropy(), randn(4, 3, 6, 6), maps, Activation.Softmax),
            (Loss.Dice(ignoreClasses: [0]), randn(4, 3, 6, 6), maps, Activation.Softmax),
            (Loss.BinaryDice(), randn(4, 1, 6, 6), maps.eq(0), Activation.Sigmoid),
            (Loss.GeneralizedDice(), randn(4, 3, 6, 6), maps, Activation.Softmax),
            (Loss.Tversky(), randn(4, 3, 6, 6), maps, Activation.Softmax),
            (Loss.FocalTversky(), randn(4, 3, 6, 6), maps, Activation.Softmax),
            (Loss.Focal(), randn(4, 3), classes, Activation.Sigmoid),
            (Loss.Focal(activation: Activation.Softmax), randn(4, 3, 6, 6), maps, Activation.Softmax),
            (Loss.DiceCrossEntropy(2, 0.5), randn(4, 3, 6, 6), maps, Activation.Softmax),
            (Loss.Sum(("a", Loss.MeanSquaredError()), ("b", Loss.MeanAbsoluteError())), randn(4), numbers, Activation.None),
            (Loss.WarmUp(Loss.CrossEntropy(), 3), randn(4, 3), classes, Activation.Softmax),
            (Loss.Masked(Loss.CrossEntropy(), "data.mask"), randn(4, 3), classes, Activation.Softmax),
            (Loss.FromBatch(BatchKeys.Logits), randn(4, 3), classes, Activation.None),
            (Loss.Of((p, t) => nn.functional.mse_loss(p, t)), randn(4), numbers, Activation.None),
            (Loss.Of(() => nn.MSELoss()), randn(4), numbers, Activation.None),
            (Loss.SupervisedContrastive(0.1, symmetric: true), randn(4, 3), classes, Activation.None),
        ];
        foreach ((LossBase loss, Tensor pred, Tensor target, Activation link) in table)
        {
            var batch = new BatchDict
            {
                RowCount = 4,
                Phase = Phase.Validation,
                [BatchKeys.Logits] = pred.requires_grad_(),
                [BatchKeys.Label] = target,
                ["data.mask"] = ones(4),
                ["model.backbone_features_0"] = pred * 2,
                ["model.backbone_features_1"] = pred,
            };
            Tensor value = LossTesting.Value(loss, batch);
            value.backward();
            Assert.IsTrue(double.IsFinite(value.ToDouble()) && pred.grad!.ne(0).any().ToBoolean(), loss.ToString());
            Assert.AreEqual(link, loss.Link, loss.ToString());
        }
    }
}
