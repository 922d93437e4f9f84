using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Fuse.MLNet;

/// <summary>Reads the values of a pickle without running anything: it follows the instructions that make plain values, and knows by name the few functions of state dicts.</summary>
/// <remarks>
/// Numbers are <c>long</c>, <c>double</c> or <c>BigInteger</c>, tuples <c>object?[]</c>, lists <c>List</c>, dicts <see cref="PickleDict"/>. Nothing is nested by calls, so that no
/// pickle is too deep, and each instruction makes at most one value, so that memory stays in proportion to the pickle.
/// </remarks>
internal sealed class PickleReader(byte[] pickle)
{
    private const int MaxInstructions = 1_000_000;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;

    /// <summary>Reads the pickle's value.</summary>
    /// <exception cref="InvalidDataException">It is not valid, or would do more than make plain values.</exception>
    public object? Read()
    {
        for (int count = 0; count < MaxInstructions; count++)
        {
            var opcode = (PickleOpcode)Take(1)[0];
            if (opcode == PickleOpcode.Stop)
                return Pop();
            Follow(opcode);
        }
        throw new InvalidDataException($"its pickle has more than {MaxInstructions} instructions");
    }

    private void Follow(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                Take(1);
                break;
            case PickleOpcode.Mark:
                _marks.Push(_stack.Count);
                break;
            case PickleOpcode.None:
                _stack.Add(null);
                break;
            case PickleOpcode.NewTrue or PickleOpcode.NewFalse:
                _stack.Add(opcode == PickleOpcode.NewTrue);
                break;
            case PickleOpcode.BinInt1:
                _stack.Add((long)Take(1)[0]);
                break;
            case PickleOpcode.BinInt2:
                _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case PickleOpcode.BinInt:
                _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case PickleOpcode.Long1:
                var number = new BigInteger(Take(Take(1)[0]));
                _stack.Add(number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number);
                break;
            case PickleOpcode.BinFloat:
                _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case PickleOpcode.BinUnicode:
                _stack.Add(Encoding.UTF8.GetString(Take(UInt32())));
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Add(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                _stack.Add(PopFrom(_stack.Count - (opcode - PickleOpcode.Tuple1 + 1)));
                break;
            case PickleOpcode.Tuple:
                _stack.Add(PopToMark());
                break;
            case PickleOpcode.EmptyList:
                _stack.Add(new List<object?>());
                break;
            case PickleOpcode.Append:
                object? item = Pop();
                Top<List<object?>>().Add(item);
                break;
            case PickleOpcode.Appends:
                object?[] items = PopToMark();
                Top<List<object?>>().AddRange(items);
                break;
            case PickleOpcode.EmptyDict:
                _stack.Add(new PickleDict());
                break;
            case PickleOpcode.SetItem:
                object?[] pair = PopFrom(_stack.Count - 2);
                Top<PickleDict>().Add(pair);
                break;
            case PickleOpcode.SetItems:
                object?[] pairs = PopToMark();
                Top<PickleDict>().Add(pairs);
                break;
            case PickleOpcode.BinPut or PickleOpcode.LongBinPut:
                _memo[Index(opcode == PickleOpcode.BinPut)] = Peek();
                break;
            case PickleOpcode.BinGet or PickleOpcode.LongBinGet:
                _stack.Add(_memo.TryGetValue(Index(opcode == PickleOpcode.BinGet), out object? kept) ? kept : throw new InvalidDataException("its pickle uses a value that it has not made"));
                break;
            case PickleOpcode.Global:
                _stack.Add(TorchGlobals.Find($"{Line()}.{Line()}"));
                break;
            case PickleOpcode.Reduce:
                object? arguments = Pop();
                _stack.Add(Pop() is Func<object?[], object> call && arguments is object?[] tuple ? call(tuple) : throw new InvalidDataException("its pickle calls what is no function"));
                break;
            case PickleOpcode.BinPersId:
                _stack.Add(TorchGlobals.Storage(Pop()));
                break;
            case PickleOpcode.Build:
                // An OrderedDict's attributes, such as PyTorch's versions of modules, are not needed.
                Pop();
                Top<PickleDict>();
                break;
            default:
                throw new InvalidDataException($"its pickle has the instruction 0x{(byte)opcode:x2}, which torch.save does not write into state dicts");
        }
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > pickle.Length - _position)
            throw new InvalidDataException("its pickle ends too early");
        _position += (int)count;
        return pickle.AsSpan(_position - (int)count, (int)count);
    }

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private uint Index(bool isShort) => isShort ? Take(1)[0] : UInt32();

    private string Line()
    {
        int length = pickle.AsSpan(_position).IndexOf((byte)'\n');
        string line = Encoding.UTF8.GetString(Take(length < 0 ? pickle.Length : length));
        Take(1);
        return line;
    }

    /// <summary>Gets the number of values below the last mark, which only it uncovers.</summary>
    private int Floor => _marks.TryPeek(out int mark) ? mark : 0;

    private T Top<T>() => Peek() is T top ? top : throw Misplaced();

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Misplaced();

    private object? Pop() => PopFrom(_stack.Count - 1)[0];

    private object?[] PopToMark() => _marks.TryPop(out int mark) ? PopFrom(mark) : throw Misplaced();

    private object?[] PopFrom(int start)
    {
        if (start < Floor)
            throw Misplaced();
        object?[] items = CollectionsMarshal.AsSpan(_stack)[start..].ToArray();
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    private static InvalidDataException Misplaced() => new("its pickle uses values that are not there, or are of another kind");
}
