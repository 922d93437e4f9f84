namespace Fuse.MLNet.Tests;

/// <summary>Applies the built-in transforms to images whose result is known in closed form.</summary>
[TestClass]
public sealed class TransformTests : LeakCheckedTest
{
    private const string Image = "data.image";
    private const string Mask = "data.mask";
    private const int Rows = 200;

    [TestMethod]
    [DataRow(-1, 2)]
    [DataRow(-2, 2)]
    [DataRow(-1, 3)]
    [DataRow(-3, 3)]
    public void AFlipMirrorsImageAndMaskOfChosenRows(int axis, int dims)
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch(Shape(dims), Rows);
        (Tensor image, Tensor mask) = (batch[Image], batch[Mask]);
        Apply(new RandomFlip { Images = [Image], Masks = [Mask], Axes = [axis], Probability = 0.25 }, batch);
        bool[] flipped = new bool[Rows];
        for (int row = 0; row < Rows; row++)
        {
            flipped[row] = !batch[Image][row].SameAs(image[row]);
            Assert.IsTrue(batch[Image][row].SameAs(flipped[row] ? image[row].flip(axis) : image[row]), $"row {row}");
            Assert.IsTrue(batch[Mask][row].SameAs(flipped[row] ? mask[row].flip(axis) : mask[row]), $"row {row}");
        }
        Assert.AreEqual(Rows * 0.25, flipped.Count(chosen => chosen), 5 * Math.Sqrt(Rows * 0.1875));
    }

    [TestMethod]
    public void AxesAreDrawnEachByItself()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([4, 6], Rows);
        Tensor image = batch[Image];
        Apply(new RandomFlip { Images = [Image], Axes = [-1, -2] }, batch);
        Tensor[] forms = [image, image.flip(-1), image.flip(-2), image.flip(-1, -2)];
        int[] counts = [.. forms.Select(form => Enumerable.Range(0, Rows).Count(row => form[row].SameAs(batch[Image][row])))];
        Assert.AreEqual(Rows, counts.Sum());
        foreach (int count in counts)
            Assert.AreEqual(Rows / 4.0, count, 5 * Math.Sqrt(Rows * 3 / 16.0));
    }

    [TestMethod]
    [DataRow(90, 1)]
    [DataRow(180, 2)]
    [DataRow(-90, 3)]
    [DataRow(360, 0)]
    public void AQuarterTurnIsExact(int degrees, int quarters)
    {
        foreach (int dims in new[] { 2, 3 })
        {
            using var scope = NewDisposeScope();
            BatchDict batch = Batch(dims == 2 ? [6, 6] : [3, 6, 6], 4);
            (Tensor image, Tensor mask) = (batch[Image], batch[Mask]);
            Apply(new RandomAffine { Images = [Image], Masks = [Mask], Rotation = (degrees, degrees) }, batch);
            Close(rot90(image, quarters, (-2, -1)), batch[Image]);
            Same(rot90(mask, quarters, (-2, -1)), batch[Mask]);
        }
    }

    [TestMethod]
    public void ATiltTurnsVolumesAboutHeightThenWidth()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([5, 5, 5], 3);
        (Tensor image, Tensor mask) = (batch[Image], batch[Mask]);
        Apply(new RandomAffine { Images = [Image], Masks = [Mask], Tilt = (90, 90) }, batch);
        Close(rot90(rot90(image, 1, (-3, -1)), 1, (-3, -2)), batch[Image]);
        Same(rot90(rot90(mask, 1, (-3, -1)), 1, (-3, -2)), batch[Mask]);
    }

    [TestMethod]
    public void AWholeNumberOfPixelsMovesExactlyAndLeavesTheFill()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([4, 8], 3);
        (Tensor image, Tensor mask) = (batch[Image], batch[Mask]);
        // A quarter of the size: two pixels to the right, one down.
        Apply(new RandomAffine { Images = [Image], Masks = [Mask], Translation = (0.25, 0.25), ImageFill = -7, MaskFill = -100 }, batch);
        Tensor expected = full_like(image, -7);
        expected[.., .., 1.., 2..] = image[.., .., ..3, ..6];
        Close(expected, batch[Image]);
        Tensor moved = full_like(mask, -100);
        moved[.., 1.., 2..] = mask[.., ..3, ..6];
        Same(moved, batch[Mask]);
        Assert.AreEqual(ScalarType.Int64, batch[Mask].dtype);
    }

    [TestMethod]
    public void ScalingByTwoDoublesTheInnerPixels()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([4, 8], 3);
        Tensor mask = batch[Mask];
        Apply(new RandomAffine { Images = [Image], Masks = [Mask], Scale = (2, 2) }, batch);
        Same(mask[.., 1..3, 2..6].repeat_interleave(2, 1).repeat_interleave(2, 2), batch[Mask]);
    }

    [TestMethod]
    [DataRow(30.0, 1.0, 0.0, 0.0)]
    [DataRow(-70.0, 1.3, 0.0, 0.1)]
    [DataRow(0.0, 1.0, 20.0, 0.0)]
    [DataRow(15.0, 0.8, -30.0, -0.05)]
    public void AnyMapTakesALinearImageToTheLinearImageOfTheMappedPlaces(double degrees, double scale, double shear, double move)
    {
        using var scope = NewDisposeScope();
        const int Height = 20;
        const int Width = 30;
        // Interpolation is exact on a plane, so each new value is the plane's at the place it came from.
        Tensor x = (arange(Width) - ((Width - 1) / 2.0)).to(ScalarType.Float64);
        Tensor y = (arange(Height) - ((Height - 1) / 2.0)).to(ScalarType.Float64).unsqueeze(1);
        var batch = new BatchDict { RowCount = 1 };
        batch[Image] = ((2 * x) + (3 * y) + 100).reshape(1, 1, Height, Width);
        Apply(new RandomAffine { Images = [Image], Rotation = (degrees, degrees), Scale = (scale, scale), Shear = (shear, shear), Translation = (move, move) }, batch);
        (double sin, double cos) = Math.SinCos(degrees * Math.PI / 180);
        double slope = Math.Tan(shear * Math.PI / 180);
        int inside = 0;
        for (int row = 0; row < Height; row++)
            for (int column = 0; column < Width; column++)
            {
                // Back through: the way, the turn (counter-clockwise with y pointing down), the shear, the scale.
                double px = column - ((Width - 1) / 2.0) - (move * Width);
                double py = row - ((Height - 1) / 2.0) - (move * Height);
                (double ux, double uy) = ((px * cos) - (py * sin), (px * sin) + (py * cos));
                (double qx, double qy) = ((ux - (slope * uy)) / scale, uy / scale);
                if (Math.Abs(qx) > (Width - 1) / 2.0 || Math.Abs(qy) > (Height - 1) / 2.0)
                    continue;
                inside++;
                Assert.AreEqual((2 * qx) + (3 * qy) + 100, batch[Image][0, 0, row, column].item<double>(), 1e-9, $"({row}, {column})");
            }
        Assert.IsGreaterThan(150, inside);
    }

    [TestMethod]
    public void DrawsStayWithinTheirRanges()
    {
        using var scope = NewDisposeScope();
        // Of an image of one bright pixel in the middle, the way is where it is found.
        BatchDict batch = Batch([41, 41], Rows);
        batch[Image] = zeros(Rows, 1, 41, 41);
        batch[Image][.., .., 20, 20] = 1;
        Apply(new RandomAffine { Images = [Image], Translation = (-0.2, 0.4) }, batch);
        Tensor ways = stack([(batch[Image] * arange(41)).sum([1, 2, 3]), (batch[Image] * arange(41).unsqueeze(1)).sum([1, 2, 3])]) - 20;
        double[] values = [.. ways.to(ScalarType.Float64).flatten().data<double>().ToArray().Select(way => way / 41)];
        Assert.IsTrue(values.All(way => way is > -0.201 and < 0.401));
        Assert.AreEqual(0.1, values.Average(), 5 * 0.6 / Math.Sqrt(12 * 2 * Rows));
        Assert.AreNotEqual(values[0], values[Rows], 1e-6, "Axes are drawn each by itself.");
    }

    [TestMethod]
    [DataRow(ScalarType.Byte)]
    [DataRow(ScalarType.Bool)]
    [DataRow(ScalarType.Int32)]
    [DataRow(ScalarType.Int64)]
    [DataRow(ScalarType.Float32)]
    [DataRow(ScalarType.Float64)]
    public void AMaskKeepsItsTypeAndValues(ScalarType type)
    {
        using var scope = NewDisposeScope();
        // Float32 could not hold this index.
        long large = type is ScalarType.Int32 or ScalarType.Int64 or ScalarType.Float64 ? 16_777_217 : 1;
        Tensor mask = (arange(36).reshape(1, 6, 6).remainder(2) * large).to(type);
        foreach (SpatialTransform transform in new SpatialTransform[]
        {
            new RandomFlip { Images = [], Masks = [Mask], Probability = 1 },
            new RandomAffine { Images = [], Masks = [Mask], Rotation = (180, 180), Translation = (0, 0) },
            new RandomCrop { Images = [], Masks = [Mask], Size = [6, 6], Padding = 2 },
        })
        {
            var batch = new BatchDict { RowCount = 1 };
            batch[Mask] = mask;
            Apply(transform, batch);
            Assert.AreEqual(type, batch[Mask].dtype);
            long[] values = [.. batch[Mask].to(ScalarType.Int64).flatten().data<long>().ToArray().Distinct().Order()];
            CollectionAssert.AreEqual(new[] { 0, large }, values, transform.GetType().Name);
        }
    }

    [TestMethod]
    public void AMaskOfAnotherResolutionMovesWithTheImage()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([8, 8], 2);
        batch[Mask] = arange(32).reshape(2, 4, 4);
        Tensor mask = batch[Mask];
        Apply(new RandomAffine { Images = [Image], Masks = [Mask], Rotation = (90, 90) }, batch);
        Same(rot90(mask, 1, (-2, -1)), batch[Mask]);
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    public void ACropIsAWindowOfImageAndMaskAlike(int dims)
    {
        using var scope = NewDisposeScope();
        long[] shape = Shape(dims);
        BatchDict batch = Batch(shape, Rows);
        // The mask numbers the pixels from 1, and the image holds the same numbers: the window is read from the first pixel inside.
        Tensor numbers = (arange(shape.Aggregate(1L, (product, size) => product * size)) + 1).reshape(shape);
        batch[Mask] = numbers.expand([Rows, .. shape]);
        batch[Image] = numbers.to(ScalarType.Float32).unsqueeze(0).expand([Rows, 2, .. shape]);
        long[] window = [.. shape.Select(size => size - 1)];
        Apply(new RandomCrop { Images = [Image], Masks = [Mask], Size = window, Padding = 1, ImageFill = -3, MaskFill = -9 }, batch);
        Tensor padded = nn.functional.pad(numbers, [.. Enumerable.Repeat(1L, 2 * dims)], PaddingModes.Constant, -9);
        var places = new HashSet<string>();
        for (int row = 0; row < Rows; row++)
        {
            Tensor crop = batch[Mask][row];
            CollectionAssert.AreEqual(window, crop.shape);
            long[] start = Enumerable.Range(0, (int)Math.Pow(4, dims)).Select(code => Enumerable.Range(0, dims).Select(axis => (long)(code >> (2 * axis)) & 3).ToArray())
                .First(start => start.Index().Aggregate(padded, (part, axis) => part.narrow(axis.Index, axis.Item, window[axis.Index])).SameAs(crop));
            places.Add(string.Join(' ', start));
            foreach (int channel in new[] { 0, 1 })
                Same(where(crop.eq(-9), full_like(crop, -3), crop).to(ScalarType.Float32), batch[Image][row, channel]);
        }
        // Four places an axis: 16 are all seen in 200 draws but with a chance of 16 x (15/16)^200, 4e-5; of 64 most are.
        Assert.IsGreaterThan(dims == 2 ? 15 : 50, places.Count);
    }

    [TestMethod]
    public void ARowThatIsNotChosenIsCutFromTheCentre()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([6, 8], 5);
        Tensor image = batch[Image];
        Apply(new RandomCrop { Images = [Image], Size = [4, 4], Probability = 0 }, batch);
        Same(image[.., .., 1..5, 2..6], batch[Image]);
    }

    [TestMethod]
    public void NoiseIsAddedToChosenRows()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([20, 20], Rows);
        Tensor image = batch[Image];
        Apply(new GaussianNoise { Images = [Image], StandardDeviation = 0.5, Probability = 0.5 }, batch);
        Tensor noise = batch[Image] - image;
        bool[] changed = noise.ne(0).any(1).any(1).any(1).data<bool>().ToArray();
        int rows = changed.Count(value => value);
        Assert.AreEqual(Rows / 2.0, rows, 5 * Math.Sqrt(Rows / 4.0));
        Tensor added = noise[tensor(changed)];
        double count = added.numel();
        Assert.AreEqual(0, added.mean().item<float>(), 5 * 0.5 / Math.Sqrt(count));
        Assert.AreEqual(0.25, added.square().mean().item<float>(), 5 * 0.25 * Math.Sqrt(2 / count));
    }

    [TestMethod]
    public void IntensitiesFollowTheirFormulas()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([3, 5], 4);
        Tensor image = batch[Image] = randn([4, 2, 3, 5], dtype: ScalarType.Float64);
        batch[Image][3] = 5;
        Apply(new RandomIntensity { Images = [Image], Contrast = (1.5, 1.5), Gamma = (2, 2), Brightness = (0.25, 0.25) }, batch);
        for (int row = 0; row < 4; row++)
        {
            double[] values = image[row].flatten().data<double>().ToArray();
            double mean = values.Average();
            double[] contrast = [.. values.Select(value => ((value - mean) * 1.5) + mean)];
            (double low, double range) = (contrast.Min(), contrast.Max() - contrast.Min());
            double[] expected = [.. contrast.Select(value => (range > 0 ? (Math.Pow((value - low) / range, 2) * range) + low : low) + 0.25)];
            double[] actual = batch[Image][row].flatten().data<double>().ToArray();
            for (int i = 0; i < actual.Length; i++)
                Assert.AreEqual(expected[i], actual[i], 1e-9, $"row {row}, value {i}");
        }
    }

    [TestMethod]
    public void ATransformWithoutOptionsOfChanceLeavesImagesAsTheyAre()
    {
        using var scope = NewDisposeScope();
        foreach (BatchTransform transform in new BatchTransform[]
        {
            new RandomIntensity { Images = [Image] },
            new RandomFlip { Images = [Image], Masks = [Mask], Probability = 0 },
            new RandomAffine { Images = [Image], Masks = [Mask], Rotation = (-90, 90), Probability = 0 },
            new GaussianNoise { Images = [Image], Probability = 0 },
        })
        {
            BatchDict batch = Batch([4, 6], 5);
            BatchDict before = batch.Copy();
            Apply(transform, batch);
            Assert.AreEqual(before, batch, transform.GetType().Name);
        }
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefused()
    {
        Action[] wrong =
        [
            () => _ = new RandomFlip { Axes = [] },
            () => _ = new RandomFlip { Axes = [-1, -1] },
            () => _ = new RandomFlip { Axes = [0] },
            () => _ = new RandomFlip { Probability = 1.1 },
            () => _ = new RandomAffine { Scale = (0, 1) },
            () => _ = new RandomAffine { Shear = (-90, 0) },
            () => _ = new RandomCrop { Size = [3] },
            () => _ = new RandomCrop { Size = [3, 0] },
            () => _ = new RandomCrop { Size = [3, 3], Padding = -1 },
            () => _ = new GaussianNoise { StandardDeviation = 0 },
            () => _ = new RandomIntensity { Gamma = (0, 1) },
            () => _ = new RandomIntensity { Contrast = (-1, 1) },
        ];
        foreach (Action action in wrong)
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(action);
    }

    [TestMethod]
    public void TensorsThatDoNotFitAreNamed()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch([4, 6], 2);
        batch["data.vector"] = zeros(2, 5);
        batch["data.integers"] = zeros(2, 4, 6, dtype: ScalarType.Int64);
        batch["data.small"] = zeros(2, 3, 6);
        batch["data.number"] = zeros(2);
        Refused(new RandomFlip { Images = ["data.vector"] }, "'data.vector' is [2, 5]; expected [N, C, H, W] or [N, H, W]");
        Refused(new RandomFlip { Images = [Image], Axes = [-3] }, "the axis -3 is not one of the 2");
        Refused(new RandomFlip { Images = [] }, "names neither Images nor Masks");
        Refused(new RandomAffine { Images = ["data.integers"] }, "the image 'data.integers' is Int64");
        Refused(new GaussianNoise { Images = ["data.number"] }, "one value a row");
        Refused(new RandomCrop { Images = [Image], Size = [5, 5] }, "a window of [5, 5] does not fit into images of [4, 6]");
        Refused(new RandomCrop { Images = [Image], Size = [2, 2, 2] }, "does not fit");
        Refused(new RandomCrop { Images = [Image], Masks = ["data.small"], Size = [2, 2] }, "'data.small' is [2, 3, 6]; to be cropped with others it must have their sizes, [4, 6]");

        void Refused(BatchTransform transform, string expected) =>
            Assert.Contains(expected, Assert.ThrowsExactly<ArgumentException>(() => Apply(transform, batch)).Message);
    }

    private static long[] Shape(int dims) => dims == 2 ? [4, 6] : [3, 4, 6];

    /// <summary>Makes random images of two channels and masks of numbers that are all different.</summary>
    private static BatchDict Batch(long[] shape, int rows)
    {
        var batch = new BatchDict { RowCount = rows };
        random.manual_seed(1);
        batch[Image] = randn([rows, 2, .. shape]);
        batch[Mask] = arange(rows * shape.Aggregate(1L, (product, size) => product * size)).reshape([rows, .. shape]) + 1;
        return batch;
    }

    private static void Apply(BatchTransform transform, BatchDict batch) =>
        transform.Apply(batch, new RowRandom(1, 0, [.. Enumerable.Range(0, batch.RowCount).Select(row => (long)row)]));

    private static void Same(Tensor expected, Tensor actual) => Assert.IsTrue(expected.SameAs(actual), $"expected {expected.str()}, found {actual.str()}");

    private static void Close(Tensor expected, Tensor actual) => Assert.IsTrue(expected.allclose(actual, 0, 1e-4), $"expected {expected.str()}, found {actual.str()}");
}
