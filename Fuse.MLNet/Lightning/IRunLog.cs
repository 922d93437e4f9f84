namespace Fuse.MLNet;

/// <summary>Takes the messages of a run.</summary>
internal interface IRunLog
{
    void Info(string message);

    void Warning(string message);

    void Error(string message);
}
