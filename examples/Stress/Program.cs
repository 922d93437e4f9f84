using System.CommandLine;
using Fuse.MLNet.Examples.Stress;

var quick = new Option<bool>("--quick") { Description = "Runs a slice of some seconds." };
var seed = new Option<int>("--seed") { Description = "The seed of every random choice.", DefaultValueFactory = _ => 1 };
var count = new Option<int?>("--count") { Description = "How often: mutations of each format, kills, predictions of each thread, or cycles. By default what the verb says." };
var format = new Option<string?>("--format") { Description = "Mutates this format only: description, weights, checkpoint, archive or mlnet." };
var first = new Option<int>("--first") { Description = "The number of the first mutation, to repeat one.", DefaultValueFactory = _ => 0 };
var folder = new Option<string>("--folder") { Hidden = true, DefaultValueFactory = _ => "" };

var root = new RootCommand("Puts Fuse.MLNet under stress: hostile model files, killed training runs, many threads, many models. Exit code 1 when anything fails.")
{
    Verb("fuzz", "Loads 20,000 mutations of each format of Fuse's files, in a process of its own that is watched.",
        parsed => FuzzRun.Run(parsed.GetValue(format), parsed.GetValue(first), parsed.GetValue(count) ?? (parsed.GetValue(quick) ? 100 : 20_000), parsed.GetValue(seed)), format, first),
    Verb("kill", "Kills a training process at 200 random moments and resumes its run each time.",
        parsed => KillRun.Run(parsed.GetValue(count) ?? (parsed.GetValue(quick) ? 4 : 200), parsed.GetValue(seed))),
    Verb("load", "Makes 100,000 predictions on each of 8 threads over one model, while others train, save and load.",
        parsed => LoadRun.Run(parsed.GetValue(count) ?? (parsed.GetValue(quick) ? 2_000 : 100_000), parsed.GetValue(seed))),
    Verb("leaks", "Trains, scores, saves, loads and disposes 50 models, and counts what is left.",
        parsed => LeakRun.Run(parsed.GetValue(count) ?? (parsed.GetValue(quick) ? 20 : 50), parsed.GetValue(seed))),
    Verb("ranks", "Kills one of two processes that train together over Open MPI, at 20 random moments, and goes on with 2, 3 and 1.",
        parsed => RankRun.Run(parsed.GetValue(count) ?? (parsed.GetValue(quick) ? 2 : 20), parsed.GetValue(seed))),
    Hidden("fuzz-worker", parsed => FuzzWorker.Run(parsed.GetValue(format)!, parsed.GetValue(first), parsed.GetValue(count)!.Value, parsed.GetValue(seed), parsed.GetValue(folder)!), format, first, folder),
    Hidden("rank-worker", parsed => RankTraining.Run(parsed.GetValue(folder)!, parsed.GetValue(seed)), folder),
    Hidden("kill-worker", parsed => KillWorker.Run(parsed.GetValue(folder)!, parsed.GetValue(seed)), folder),
};
return root.Parse(args).Invoke();

Command Verb(string name, string description, Func<ParseResult, bool> run, params Option[] more)
{
    var command = new Command(name, description) { quick, seed, count };
    foreach (Option option in more)
        command.Options.Add(option);
    command.SetAction(parsed => run(parsed) ? 0 : 1);
    return command;
}

Command Hidden(string name, Action<ParseResult> run, params Option[] more)
{
    Command command = Verb(name, "", parsed =>
    {
        run(parsed);
        return true;
    }, more);
    command.Hidden = true;
    return command;
}
