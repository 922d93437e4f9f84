using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Fuse.MLNet;

/// <summary>Keeps the processes of one run in step: before everything that they do together they meet, and tell each other what it is, and whether one has failed or wants to stop.</summary>
/// <remarks>
/// A process that fails joins the meeting that the others come to next, so that none waits for it; then all leave the run. What is done together follows its meeting at once, without anything
/// between that could fail in one process alone.
/// </remarks>
internal sealed class RankAgreement : IDisposable
{
    private const int MessageBytes = 1024;
    private static readonly HashSet<IProcessGroup> InUse = [];
    private readonly int[] _words = new int[8];
    private bool _isOver;
    private Exception? _postponed;

    public RankAgreement(IProcessGroup group)
    {
        Group = group;
        if (IsAlone)
            return;
        lock (InUse)
            if (!InUse.Add(group))
                throw MLNetErrors.Mark(new InvalidOperationException("Another training run of this process goes on over the same processes: they can only do one after the other. Train one at a time, or with TrainingStrategy.SingleProcess."));
    }

    public IProcessGroup Group { get; }

    public int Rank => Group.Rank;

    public int Size => Group.Size;

    /// <summary>Gets whether there is no other process in the run, or this one has left it.</summary>
    public bool IsAlone => _isOver || Group.Size == 1;

    public bool IsFirst => Group.Rank == 0;

    /// <summary>Gets or sets for what reason this process wants to stop, from 1; the meetings tell it to the others. 0 goes on.</summary>
    public int Wish { get; set; }

    /// <summary>Gets for what reason the run is to stop, the largest of the processes' wishes at the last meeting.</summary>
    public int AgreedWish { get; private set; }

    /// <summary>Gets or sets what gives the first process what it asks for.</summary>
    public Func<byte[]> Answer { get; set; } = () => [];

    /// <summary>Does a process's part of a run; when it fails, the others are told.</summary>
    public T Run<T>(Func<T> part)
    {
        T? result = default;
        try
        {
            result = part();
            Meet(RankOperation.End);
            _isOver = true;
            return result;
        }
        catch (Exception error)
        {
            Tell(error);
            (result as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Comes together with the others.</summary>
    /// <param name="operation">What this process does next.</param>
    /// <param name="length">A number that is the same in all that do it, such as how much is exchanged; what is logged may differ.</param>
    /// <param name="hasLoss">Whether its batch has a loss.</param>
    /// <param name="isLast">Whether it has no more batches in this epoch.</param>
    /// <exception cref="RankFailedException">Another process failed.</exception>
    /// <exception cref="InvalidOperationException">They do not do the same.</exception>
    public RankRound Meet(RankOperation operation, int length = 0, bool hasLoss = false, bool isLast = true)
    {
        if (_postponed is { } error)
        {
            _postponed = null;
            ExceptionDispatchInfo.Throw(error);
        }
        if (IsAlone)
            return new(operation, length, hasLoss, isLast);
        bool isIdle = operation == RankOperation.Idle;
        Exchange(RankFault.None, operation, length, hasLoss, isLast);
        if ((RankFault)_words[0] is not RankFault.None and var fault)
            throw Leave(fault, Failures(""));
        if ((RankOperation)_words[2] == RankOperation.Ask)
        {
            if (IsFirst)
                return default;
            GatherAside(Answer());
            return Meet(operation, length, hasLoss, isLast);
        }
        (var agreed, int longest) = ((RankOperation)_words[2], _words[4]);
        // Each number came with its negative, so that the smallest is known as well.
        bool isSame = _words[3] == -_words[2] && (_words[5] == -longest || agreed is RankOperation.Log or RankOperation.Epoch or RankOperation.Validation);
        if (agreed != RankOperation.Idle && !isSame)
            throw LeaveForDifference(agreed, operation, length);
        AgreedWish = _words[1];
        return new(agreed, longest, _words[6] != 0, _words[7] == 0);
    }

    /// <summary>Tells the others that this process found the run diverged, and hears whether they know something worse.</summary>
    /// <exception cref="RankFailedException">Another process failed.</exception>
    public void TellDiverged(string message)
    {
        if (IsAlone)
            return;
        Exchange(RankFault.Diverged, RankOperation.Idle, 0, hasLoss: false, isLast: true);
        var worst = (RankFault)_words[0];
        string failures = Failures(message);
        _isOver = true;
        if (worst != RankFault.Diverged)
            throw Leave(worst, failures);
    }

    /// <summary>Keeps an error that cannot be thrown where it happened, until the next meeting.</summary>
    public void Postpone(Exception error) => _postponed ??= error;

    /// <summary>Copies the first process's bytes to all.</summary>
    public void Share(Span<byte> values)
    {
        if (IsAlone)
            return;
        Meet(RankOperation.Share, values.Length);
        Group.Broadcast(values, 0);
    }

    /// <summary>Copies the first process's number to all.</summary>
    public long Share(long value)
    {
        byte[] bytes = BitConverter.GetBytes(value);
        Share(bytes);
        return BitConverter.ToInt64(bytes);
    }

    /// <summary>Copies the first process's bytes to all, which need not know how many there are.</summary>
    /// <param name="values">The bytes; null elsewhere.</param>
    public byte[] ShareAll(byte[]? values)
    {
        byte[] shared = new byte[Share(values?.Length ?? 0)];
        values?.CopyTo(shared, 0);
        Share(shared);
        return shared;
    }

    /// <summary>Gets the bytes of every process, in the order of their ranks.</summary>
    public byte[][] Gather(byte[] values)
    {
        if (IsAlone)
            return [values];
        int longest = Meet(RankOperation.Log, values.Length + sizeof(int)).Length;
        byte[] own = new byte[longest];
        BitConverter.TryWriteBytes(own, values.Length);
        values.CopyTo(own, sizeof(int));
        byte[] all = new byte[checked(longest * Size)];
        Group.AllGather(own, all);
        return [.. Enumerable.Range(0, Size).Select(rank => all.AsSpan(rank * longest, longest)[sizeof(int)..][..BitConverter.ToInt32(all, rank * longest)].ToArray())];
    }

    /// <summary>Gets the answer of every process, for the first one; the others give it at the next meeting that they come to.</summary>
    public byte[][] Ask()
    {
        Meet(RankOperation.Ask);
        return GatherAside([]);
    }

    public void Dispose()
    {
        lock (InUse)
            InUse.Remove(Group);
    }

    private byte[][] GatherAside(byte[] values)
    {
        // A wish counts from a meeting on to which all come at the same step, and here the first process is behind.
        int agreed = AgreedWish;
        byte[][] all = Gather(values);
        AgreedWish = agreed;
        return all;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The error that ends the run is what the caller must see.")]
    private void Tell(Exception error)
    {
        if (IsAlone)
            return;
        _isOver = true;
        try
        {
            Exchange(error is OperationCanceledException ? RankFault.Cancelled : RankFault.Error, RankOperation.Idle, 0, hasLoss: false, isLast: true);
            Failures(error.Message);
        }
        catch (Exception)
        {
            // The processes are gone, or their library is.
        }
    }

    private void Exchange(RankFault fault, RankOperation operation, int length, bool hasLoss, bool isLast)
    {
        bool isIdle = operation == RankOperation.Idle;
        (_words[0], _words[1]) = ((int)fault, Wish);
        (_words[2], _words[3]) = ((int)operation, isIdle ? int.MinValue : -(int)operation);
        (_words[4], _words[5]) = (length, isIdle ? int.MinValue : -length);
        (_words[6], _words[7]) = (hasLoss ? 1 : 0, isLast ? 0 : 1);
        Group.AllReduceMax(_words);
    }

    /// <summary>Puts together what the processes that failed say; all must call it.</summary>
    private string Failures(string own)
    {
        byte[] text = new byte[MessageBytes];
        Encoding.UTF8.GetEncoder().Convert(own, text, flush: true, out _, out _, out _);
        byte[] all = new byte[MessageBytes * Size];
        Group.AllGather(text, all);
        string[] texts = [.. Enumerable.Range(0, Size).Select(rank => Encoding.UTF8.GetString(all, rank * MessageBytes, MessageBytes).TrimEnd('\0'))];
        return string.Join("; ", texts.Select((said, rank) => said.Length == 0 ? "" : $"process {rank} of {Size}: {said}").Where(said => said.Length > 0));
    }

    private Exception Leave(RankFault fault, string message)
    {
        _isOver = true;
        return fault switch
        {
            RankFault.Cancelled => new OperationCanceledException($"The run was cancelled in another process: {message}"),
            RankFault.Diverged => new RankFailedException(fault, message),
            _ => MLNetErrors.Mark(new RankFailedException(fault, $"The run ends in this process (rank {Rank}) because it failed in another, {message}")),
        };
    }

    private InvalidOperationException LeaveForDifference(RankOperation agreed, RankOperation own, int length)
    {
        _isOver = true;
        return MLNetErrors.Mark(new InvalidOperationException(agreed == RankOperation.Columns && own == agreed
            ? $"The columns of the {Size} processes differ: their keys stand for other values, or they are standardized by other rows. Fit the steps before the network, such as MapValueToKey, on the same rows " +
                "in every process, and give a standardized column its Mean and StandardDeviation."
            : agreed == RankOperation.Start && own == agreed
            ? $"The {Size} processes were not given the same network, options and rows. Run the same program on the same data in each, with a seed where rows are shuffled before training; with " +
                $"{nameof(ShardingMode)}.{nameof(ShardingMode.ByFile)} the rows may differ."
            : $"The {Size} processes do not do the same: this one (rank {Rank}) came to {own} ({length}), another to {agreed}. The module and its callbacks must do the same in every process."));
    }
}
