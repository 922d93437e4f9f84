namespace Fuse.MLNet;

/// <summary>Keeps the messages of several processes from saying everything as often: only the first informs, and the others name themselves in what else they say.</summary>
internal sealed class RankLog(IRunLog log, int rank) : IRunLog
{
    public static IRunLog Of(IRunLog log, RankAgreement ranks) => ranks.IsFirst ? log : new RankLog(log, ranks.Rank);

    public void Info(string message)
    {
    }

    public void Warning(string message) => log.Warning($"rank {rank}: {message}");

    public void Error(string message) => log.Error($"rank {rank}: {message}");
}
