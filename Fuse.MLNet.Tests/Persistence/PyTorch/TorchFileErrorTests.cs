using System.IO.Compression;
using System.Text;

namespace Fuse.MLNet.Tests;

/// <summary>Reads PyTorch files that are damaged, lie, or would run code: each ends in an error that says so, and takes no more memory than the file has.</summary>
[TestClass]
public sealed class TorchFileErrorTests : LeakCheckedTest
{
    // Pieces of pickles: a float storage of 4 values, and the call that makes a tensor of it.
    private const string Storage = "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0004tQ";
    private const string Rebuild = "ctorch._utils\n_rebuild_tensor_v2\n";
    private const string Good = "\u0080\u0002}X\u0001\0\0\0a" + Rebuild + "(" + Storage + "K\0K\u0004\u0085K\u0001\u0085\u0089NtRs.";

    [TestMethod]
    public void ThePiecesMakeAFileThatIsRead()
    {
        using var scope = NewDisposeScope();
        var targets = new Dictionary<string, Tensor> { ["a"] = zeros(4) };
        Assert.IsTrue(new WeightsFile(Make(Good)).LoadInto(targets).IsComplete);
        Assert.IsTrue(targets["a"].SameAs(tensor(new[] { 0f, 1, 2, 3 })));
    }

    [TestMethod]
    [DataRow("legacy", "it is a pickle without an archive, as PyTorch wrote before version 1.6")]
    [DataRow("whole module", "reading it would run torch.nn.modules.container.Sequential, which is not part of a state dict")]
    [DataRow("script", "reading it would run __torch__")]
    [DataRow("tensor", "it has no state dict, neither by itself nor under state_dict, model_state_dict, model")]
    [DataRow("list", "it has no state dict")]
    [DataRow("no tensors", "it has no state dict")]
    [DataRow("sparse", "reading it would run torch._utils._rebuild_sparse_tensor")]
    [DataRow("complex", "reading it would run torch.ComplexFloatStorage")]
    [DataRow("quantized", "reading it would run torch._utils._rebuild_qtensor")]
    [DataRow("protocol 4", "its pickle has the instruction 0x95, which torch.save does not write into state dicts")]
    public void WhatIsNoStateDictIsRefused(string name, string expected)
    {
        string path = Path.Combine(Folder, "refused.pt");
        File.WriteAllBytes(path, TorchFiles.Refused(name));
        CheckRefused(path, expected);
    }

    [TestMethod]
    [DataRow("cos\nsystem\nX\u0002\0\0\0ls\u0085R.", "would run os.system,")]
    [DataRow("cbuiltins\neval\nX\u0001\0\0\01\u0085R.", "would run builtins.eval,")]
    [DataRow("ctorch._utils\n_rebuild_tensor\n)R.", "would run torch._utils._rebuild_tensor,")]
    [DataRow("ctorch.\n_utils._rebuild_tensor_v2\n)R.", "would run torch.._utils")]
    [DataRow("cposix\n\u001b[2Jsystem\n.", "would run posix.[2Jsystem,")]
    [DataRow("(cos\nsystem\no.", "would run os.system,")]
    [DataRow("(X\u0001\0\0\0aios\nsystem\n.", "the instruction 0x69")]
    [DataRow("\u0093.", "the instruction 0x93")]
    [DataRow("Pabc\n.", "the instruction 0x50")]
    [DataRow("\u0082\u0001.", "the instruction 0x82")]
    [DataRow("}X\u0001\0\0\0aK\u0001sR.", "not there, or are of another kind")]
    [DataRow("K\u0001)R.", "calls what is no function")]
    [DataRow("ctorch\nFloatStorage\n)R.", "calls what is no function")]
    [DataRow(Rebuild + "]R.", "calls what is no function")]
    [DataRow(Rebuild + ")R.", "_rebuild_tensor_v2 with arguments that do not fit")]
    [DataRow("ccollections\nOrderedDict\n]\u0085R.", "OrderedDict with arguments that do not fit")]
    [DataRow("ctorch._utils\n_rebuild_parameter\nN\u0085R.", "_rebuild_parameter with arguments that do not fit")]
    [DataRow("ctorch\nSize\n)R.", "Size with arguments that do not fit")]
    [DataRow("", "its pickle ends too early")]
    [DataRow("N", "its pickle ends too early")]
    [DataRow(".", "not there, or are of another kind")]
    [DataRow("(.", "not there, or are of another kind")]
    [DataRow("(N(s.", "not there, or are of another kind")]
    [DataRow("t.", "not there, or are of another kind")]
    [DataRow("\u0087.", "not there, or are of another kind")]
    [DataRow("Na.", "not there, or are of another kind")]
    [DataRow("N(NNu.", "not there, or are of another kind")]
    [DataRow("}(Nu.", "has a key without a value")]
    [DataRow("h\u0001.", "uses a value that it has not made")]
    [DataRow("j\u00ff\u00ff\u00ff\u00ff.", "uses a value that it has not made")]
    [DataRow("(q\0.", "not there, or are of another kind")]
    [DataRow("X\u00ff\u00ff\u00ff\u00ffabc.", "its pickle ends too early")]
    [DataRow("X\u00ff\u00ff\u00ff\u007fabc.", "its pickle ends too early")]
    [DataRow("\u008a\u00ffabc.", "its pickle ends too early")]
    [DataRow("cos", "its pickle ends too early")]
    [DataRow("cos\nsystem", "its pickle ends too early")]
    [DataRow("X\u0001\0\0\00Q.", "refers to something that is no storage")]
    [DataRow("(X\u0007\0\0\0storagectorch\nSize\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0004tQ.", "refers to something that is no storage")]
    [DataRow("(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ\u00ff\u00ff\u00ff\u00fftQ.", "refers to something that is no storage")]
    [DataRow("}q\0X\u0001\0\0\0ah\0s.", "it has no state dict")]
    [DataRow("]q\0h\0a.", "it has no state dict")]
    [DataRow("}q\0X\u000a\0\0\0state_dicth\0s.", "it has no state dict")]
    public void APickleThatDoesMoreOrLessThanAStateDictIsRefused(string pickle, string expected) => CheckRefused(Make(pickle), expected);

    [TestMethod]
    [DataRow("K\0", "K\u0005\u0085", "K\u0001\u0085", "that reaches behind the 4 values of its storage '0'")]
    [DataRow("K\u0001", "K\u0004\u0085", "K\u0001\u0085", "that reaches behind")]
    [DataRow("K\0", "K\u0002K\u0002\u0086", "K\u0003K\u0001\u0086", "that reaches behind")]
    [DataRow("K\0", "K\u0002K\u0002\u0086", "K\u0002\u0085", "impossible shape, strides or offset")]
    [DataRow("J\u00ff\u00ff\u00ff\u00ff", "K\u0004\u0085", "K\u0001\u0085", "impossible shape, strides or offset")]
    [DataRow("K\0", "K\u0002\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085", "impossible shape, strides or offset")]
    [DataRow("K\0", "J\u00ff\u00ff\u00ff\u00ff\u0085", "K\u0001\u0085", "impossible shape, strides or offset")]
    [DataRow("\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f", "K\u0002\u0085", "K\u0001\u0085", "that reaches behind")]
    [DataRow("K\0", "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u0085", "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u0085", "that reaches behind")]
    [DataRow("K\0", "\u008a\u0009\0\0\0\0\0\0\0\0\u0001\u0085", "K\u0001\u0085", "_rebuild_tensor_v2 with arguments that do not fit")]
    [DataRow("N", "K\u0004\u0085", "K\u0001\u0085", "_rebuild_tensor_v2 with arguments that do not fit")]
    [DataRow("K\0", "N\u0085", "K\u0001\u0085", "_rebuild_tensor_v2 with arguments that do not fit")]
    public void ATensorOutsideItsStorageIsRefused(string offset, string shape, string strides, string expected) =>
        CheckRefused(Make("}X\u0001\0\0\0a" + Rebuild + "(" + Storage + offset + shape + strides + "\u0089NtRs."), expected);

    [TestMethod]
    public void SumsThatWouldWrapAroundAreRefused()
    {
        const string Max = "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f";
        string many = "(" + string.Concat(Enumerable.Repeat(Max, 64)) + "t";
        CheckRefused(Make("}X\u0001\0\0\0a" + Rebuild + "(" + Storage + "K\0" + many + many + "\u0089NtRs."), "that reaches behind");
        many = "(" + string.Concat(Enumerable.Repeat("K\u0001", 65)) + "t";
        CheckRefused(Make("}X\u0001\0\0\0a" + Rebuild + "(" + Storage + "K\0" + many + many + "\u0089NtRs."), "impossible shape");
    }

    [TestMethod]
    public void AHugeShapeOfOneValueTakesNoMemory()
    {
        using var scope = NewDisposeScope();
        const string Max = "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f";
        string path = Make("}X\u0001\0\0\0a" + Rebuild + "(" + Storage + "K\0" + Max + Max + "\u0086K\0K\0\u0086\u0089NtRs.");
        WeightsFile file = new(path) { Strict = false };
        Assert.Contains("a (Float32 [9223372036854775807, 9223372036854775807] in the file", Assert.ThrowsExactly<InvalidDataException>(
            () => file.LoadInto(new Dictionary<string, Tensor> { ["a"] = zeros(4) })).Message);
    }

    [TestMethod]
    [DataRow("no pickle", "it has no data.pkl")]
    [DataRow("pickle in a deeper folder", "it has no data.pkl")]
    [DataRow("no values", "it has no values for its storage '0'")]
    [DataRow("too few values", "its storage '0' has 15 bytes, which are not 4 values of type Float32")]
    [DataRow("too many values", "its storage '0' has 20 bytes, which are not 4 values of type Float32")]
    [DataRow("compressed values", "its entry 'archive/data/0' is compressed")]
    [DataRow("compressed pickle", "its entry 'archive/data.pkl' is compressed")]
    [DataRow("twice", "it has the entry 'archive/data/0' twice")]
    [DataRow("big-endian", "its values are big-endian")]
    public void AnArchiveThatDoesNotFitIsRefused(string what, string expected)
    {
        string path = Path.Combine(Folder, $"{Guid.NewGuid():N}.pt");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            if (what != "no pickle")
                Add(zip, what == "pickle in a deeper folder" ? "archive/extra/data.pkl" : "archive/data.pkl", Bytes(Good + new string(' ', 1000)), what == "compressed pickle");
            if (what == "compressed values")
                Add(zip, "archive/data/0", new byte[50_000_000], isCompressed: true);
            else if (what != "no values")
                Add(zip, "archive/data/0", new byte[what switch { "too few values" => 15, "too many values" => 20, _ => 16 }]);
            if (what == "twice")
                Add(zip, "archive/data/0", new byte[16]);
            if (what == "big-endian")
                Add(zip, "archive/byteorder", Bytes("big"));
        }
        CheckRefused(path, expected);
    }

    [TestMethod]
    [DataRow("}", 2_000_000)]
    [DataRow("(", 2_000_000)]
    [DataRow("]q\0h\0", 500_000)]
    [DataRow("\u0085", 2_000_000)]
    [DataRow("h\0h\0\u0086q\0", 400_000)]
    public void ALongPickleIsRefusedInTimeAndInProportion(string part, int count)
    {
        string path = Make("Nq\0" + string.Concat(Enumerable.Repeat(part, count)));
        CheckRefused(path, "more than 1000000 instructions", 400_000_000);
    }

    [TestMethod]
    public void DamagedFilesAreReadOrNamed()
    {
        using var scope = NewDisposeScope();
        byte[] whole = TorchFiles.Bytes("module");
        Dictionary<string, Tensor> targets = TorchFiles.Tensors("module");
        string path = Path.Combine(Folder, "damaged.pt");
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 600; i++)
        {
            byte[] bytes = i % 4 == 0 ? whole[..random.Next(8, whole.Length)] : [.. whole];
            for (int flip = 0; flip < i % 4; flip++)
                bytes[i % 2 == 0 ? random.Next(bytes.Length) : random.Next(64, 800)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            try
            {
                new WeightsFile(path) { Strict = false }.LoadInto(targets);
            }
            catch (InvalidDataException error)
            {
                refused++;
                Assert.Contains(path, error.Message);
            }
        }
        Assert.IsGreaterThan(300, refused);
    }

    private static void CheckRefused(string path, string expected, long allocated = 1 << 20)
    {
        using var scope = NewDisposeScope();
        var targets = new Dictionary<string, Tensor> { ["a"] = ones(4) };
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => new WeightsFile(path).LoadInto(targets));
        Assert.IsLessThan(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Contains(expected, error.Message);
        Assert.StartsWith($"'{path}' cannot be read as a PyTorch state dict: ", error.Message);
        Assert.EndsWith("In Python, write it again: safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\").", error.Message);
        Assert.IsTrue(targets["a"].SameAs(ones(4)), "Nothing is copied then.");
    }

    /// <summary>Writes a file of a pickle and one storage, the numbers 0 to 3.</summary>
    private string Make(string pickle)
    {
        string path = Path.Combine(Folder, $"{Guid.NewGuid():N}.pt");
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Add(zip, "archive/data.pkl", Bytes(pickle));
        Add(zip, "archive/data/0", [.. new[] { 0f, 1, 2, 3 }.SelectMany(BitConverter.GetBytes)]);
        return path;
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static void Add(ZipArchive zip, string name, byte[] bytes, bool isCompressed = false)
    {
        using Stream stream = zip.CreateEntry(name, isCompressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }
}
